"""The texts of follow-ups: the built-in ones, and those a shop wrote."""

from __future__ import annotations

import builtins
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from waagent.domain.followup_views import TemplateView
from waagent.domain.templates import VARIABLES, Variant, check_template
from waagent.domain.views import Tenant
from waagent.errors import ConflictError, InvalidInputError, NotFoundError
from waagent.i18n.follow_ups import BUILT_IN
from waagent.services.core import Core, Scope
from waagent.services.ids import clean_name

MAX_NAME = 50
MAX_VARIANTS = 10
_LIST = "see them: waagent followup template list"


@dataclass(frozen=True, slots=True)
class _Row:
    template: str
    name: str
    body: str


def read_templates(scope: Scope) -> dict[str, Sequence[Variant]]:
    """Every template by its name; a shop's own stands in for the built-in one of its name."""
    found: dict[str, Sequence[Variant]] = {
        situation.value: [
            Variant(name=variant_name(situation.value, number), body=body)
            for number, body in enumerate(bodies, 1)
        ]
        for situation, bodies in BUILT_IN.items()
    }
    own = _own(scope)
    return {**found, **own}


def _own(scope: Scope) -> Mapping[str, builtins.list[Variant]]:
    own: dict[str, builtins.list[Variant]] = {}
    for row in scope.tx.all(_Row, "templates.list"):
        own.setdefault(row.template, []).append(Variant(name=row.name, body=row.body))
    return own


def variant_name(template: str, number: int) -> str:
    """The name of a template's ``number``-th wording, counted from 1."""
    return template if number == 1 else f"{template}/{number}"


class TemplateService:
    """Lists and changes a shop's templates."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def list(self, tenant: Tenant) -> builtins.list[TemplateView]:
        """Every wording the shop's follow-ups may have, by template."""
        with self._core.tenant(tenant.id) as scope:
            own, every = _own(scope), read_templates(scope)
        return [
            TemplateView(
                template=name, name=variant.name, body=variant.body, built_in=name not in own
            )
            for name in sorted(every)
            for variant in every[name]
        ]

    def show(self, tenant: Tenant, name: str) -> builtins.list[TemplateView]:
        """A template's wordings, or the one of that name. Raises NotFoundError."""
        found = [each for each in self.list(tenant) if name in (each.template, each.name)]
        if not found:
            raise NotFoundError(f"no template {name!r}", hint=_LIST)
        return found

    def add(self, tenant: Tenant, name: str, body: str, *, variant: bool, actor: str) -> str:
        """Add a template, or with ``variant`` another wording to one; returns its name.

        Raises:
            InvalidInputError: ``body`` can be no template, or the name none.
            ConflictError: the shop has one of that name.
            NotFoundError: there is none that a wording could be added to.
        """
        name = clean_name(name, "a template's name", MAX_NAME)
        if "/" in name:
            raise InvalidInputError(
                "a template's name has no / in it", hint="add a wording with --variant"
            )
        _check(body)
        with self._core.tenant(tenant.id) as scope:
            added = _add_variant(scope, name, body) if variant else _add(scope, name, body)
            _audit(scope, actor, "template.add", added)
        return added

    def edit(self, tenant: Tenant, name: str, body: str, *, actor: str) -> None:
        """Give a wording other words; follow-ups that are planned get them too.

        Raises:
            InvalidInputError: ``body`` can be no template.
            NotFoundError: the shop has no such wording.
        """
        _check(body)
        with self._core.tenant(tenant.id) as scope:
            if not scope.tx.run("templates.edit", name=name, body=body):
                raise _not_own(name)
            _audit(scope, actor, "template.edit", name)

    def remove(self, tenant: Tenant, name: str, *, actor: str) -> None:
        """Remove a wording, or a template with all of its wordings.

        A built-in template that it stood in for is there again.

        Raises:
            NotFoundError: the shop has no such wording.
            ConflictError: a rule names the template.
        """
        with self._core.tenant(tenant.id) as scope:
            if name not in BUILT_IN and scope.tx.value("templates.used_by", name=name):
                raise ConflictError(
                    f"a rule names the template {name!r}",
                    hint="change it first: waagent followup rules list",
                )
            if not scope.tx.run("templates.remove", name=name):
                raise _not_own(name)
            _audit(scope, actor, "template.remove", name)


def _add(scope: Scope, name: str, body: str) -> str:
    if not scope.tx.run("templates.add", name=name, body=body):
        raise ConflictError(
            f"there is a template {name!r} already", hint="edit it, or add a wording: --variant"
        )
    return name


def _add_variant(scope: Scope, template: str, body: str) -> str:
    taken = {variant.name for variant in _own(scope).get(template, ())}
    if not taken:
        raise _not_own(template)
    if len(taken) >= MAX_VARIANTS:
        raise InvalidInputError(f"a template has at most {MAX_VARIANTS} wordings")
    numbers = range(2, MAX_VARIANTS + 2)
    name = next(n for number in numbers if (n := variant_name(template, number)) not in taken)
    if not scope.tx.run("templates.add_variant", name=name, body=body, template=template):
        raise ConflictError(f"{name!r} was just added", hint="try again")
    return name


def _check(body: str) -> None:
    try:
        check_template(body)
    except ValueError as error:
        known = ", ".join(f"{{{name}}}" for name in VARIABLES)
        raise InvalidInputError(str(error), hint=f"variables: {known}") from None


def _not_own(name: str) -> NotFoundError:
    if name.partition("/")[0] in BUILT_IN:
        return NotFoundError(
            f"{name!r} is built in", hint="to use other words, add a template of that name"
        )
    return NotFoundError(f"the shop has no template {name!r}", hint=_LIST)


def _audit(scope: Scope, actor: str, action: str, name: str) -> None:
    scope.tx.run("audit.note", actor=actor, action=action, subject=name)
