"""What customers read. Short, warm, and easy to say no to."""

from __future__ import annotations

CATALOGUE: dict[str, tuple[str, str]] = {
    "follow_up.greeting": ("Halo kak", "Hello"),
    "follow_up.greeting_named": ("Halo kak {name}", "Hello {name}"),
    "follow_up.greeting_titled": ("Halo {name}", "Hello {name}"),
    "follow_up.product": (
        "{greeting}, soal {product} yang ditanyakan, masih berminat? "
        "Kalau ada yang mau ditanyakan lagi, kabari kami ya 😊",
        "{greeting}, are you still interested in the {product} you asked about? "
        "Just let us know if you have any questions 😊",
    ),
    "follow_up.product_unanswered": (
        "{greeting}, maaf ya kami belum sempat membalas. Soal {product}, masih berminat? "
        "Kabari kami ya 😊",
        "{greeting}, sorry that we have not answered yet. Are you still interested in the "
        "{product}? Just let us know 😊",
    ),
    "follow_up.question": (
        "{greeting}, soal yang ditanyakan, masih ada yang bisa kami bantu? Kabari kami ya 😊",
        "{greeting}, is there anything else we can help you with? Just let us know 😊",
    ),
    "follow_up.question_unanswered": (
        "{greeting}, maaf ya kami belum sempat membalas. Ada yang bisa kami bantu? "
        "Kabari kami ya 😊",
        "{greeting}, sorry that we have not answered yet. How can we help? Just let us know 😊",
    ),
}
