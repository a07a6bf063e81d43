"""Ways to a shop's owner outside of WhatsApp: e-mail, and whatever ``apprise`` speaks."""
