"""One Jinja environment for each language: what is certain of the language is worked out when a template is compiled.

A sentence of the catalogue becomes a constant of the compiled template, or a constant with places to fill. Asked for
at each request, 100 of them take more time than all the rest of a page (performance.md).
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from pickle import UnpicklingError
from typing import Any, cast

from babel.support import Translations
from flask import templating
from jinja2 import FileSystemBytecodeCache, Template, pass_eval_context
from jinja2.bccache import Bucket
from jinja2.compiler import CodeGenerator, Frame
from jinja2.nodes import Call, Const, Dict, EvalContext, Expr, Mod, Name, Node, Pair
from jinja2.runtime import Context, Macro
from jinja2.visitor import NodeTransformer
from markupsafe import Markup

from portal.core.languages import Language

#: What a language gives to its templates: global functions, filters.
Words = Mapping[str, Any]
Furnish = Callable[[Language], tuple[Words, Words]]


class Folding(CodeGenerator):
    """Compiles a template after what is known of the language was put into it."""

    def visit_Template(self, node: Node, frame: Frame | None = None) -> None:
        """Write the code of a template."""
        environment = cast("TwoLanguages", self.environment)
        folded = _Fold(environment, EvalContext(environment, self.name)).visit(node)
        super().visit_Template(folded, frame)


class Quick(Context):
    """Calls a macro at once: it asks for no context, and a page calls 150."""

    def call(self, called: Any, /, *arguments: Any, **named: Any) -> Any:
        """Call what a template calls."""
        if type(called) is not Macro:
            return super().call(called, *arguments, **named)
        named.pop("_block_vars", None)
        named.pop("_loop_vars", None)
        return called(*arguments, **named)


class Compiled(FileSystemBytecodeCache):
    """What templates became when they were compiled, kept for the next worker; a fault there costs its time alone."""

    def load_bytecode(self, bucket: Bucket) -> None:
        """Find a template, if it was kept whole."""
        with suppress(OSError, EOFError, UnpicklingError):
            super().load_bytecode(bucket)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep a template."""
        with suppress(OSError):
            Path(self.directory).mkdir(parents=True, exist_ok=True)
            super().dump_bytecode(bucket)


class TwoLanguages(templating.Environment):
    """The environment of an application, from which each language has its own; every template comes from one of those.

    `current` says which; what is given to this environment, by extensions too, is given to both.
    """

    code_generator_class = Folding
    context_class = Quick
    catalogues: Mapping[Language, Translations]
    current: Callable[[], Language]
    furnish: Furnish
    #: Where compiled templates are kept, in a folder of each language.
    compiled: Path
    #: Of the environment of one language.
    language: Language
    catalogue: Translations
    _spoken: dict[Language, "TwoLanguages"]

    def speak(
        self,
        catalogues: Mapping[Language, Translations],
        current: Callable[[], Language],
        furnish: Furnish,
        compiled: Path,
    ) -> None:
        """Take the catalogues, the language of a page, what each language gives, and the folder of what is compiled."""
        self.catalogues, self.current, self.furnish, self.compiled = catalogues, current, furnish, compiled
        self._spoken = {}

    def get_template(self, name: Any, *arguments: Any, **named: Any) -> Template:
        """Return a template in the language of the page under way."""
        if self.overlayed:
            return super().get_template(name, *arguments, **named)
        language = self.current()
        spoken = self._spoken.get(language) or self._spoken.setdefault(language, self._in(language))
        return spoken.get_template(name, *arguments, **named)

    def make_globals(self, d: Any) -> Any:
        """Return what a template knows of itself: one dictionary for all, of which a set of names is made at once."""
        return {**self.globals, **d} if d else self.globals

    def _in(self, language: Language) -> "TwoLanguages":
        spoken = cast("TwoLanguages", self.overlay(bytecode_cache=Compiled(str(self.compiled / language))))
        words, filters = self.furnish(language)
        spoken.language, spoken.catalogue = language, self.catalogues[language]
        own = {**_sentences(spoken.catalogue), "language": lambda: language, **words}
        spoken.globals = cast("Any", {**self.globals, **own})
        spoken.filters = {**self.filters, **filters}
        return spoken


def _said(context: EvalContext, template: str, values: Mapping[str, object]) -> str:
    # As the “newstyle” of jinja2.ext.i18n: always a template, so that “%%” is “%” with or without values.
    return (Markup(template) if context.autoescape else template) % values  # noqa: S704  # of the catalogue


def _sentences(catalogue: Translations) -> dict[str, Any]:
    """Return the functions by which a template says what no compiler knows: the number, or the sentence itself."""

    @pass_eval_context
    def gettext(context: EvalContext, sentence: str, /, **values: object) -> str:
        return _said(context, catalogue.ugettext(sentence), values)

    @pass_eval_context
    def ngettext(context: EvalContext, one: str, many: str, number: int, /, **values: object) -> str:
        return _said(context, catalogue.ungettext(one, many, number), {"num": number, **values})

    @pass_eval_context
    def pgettext(context: EvalContext, meaning: str, sentence: str, /, **values: object) -> str:
        return _said(context, str(catalogue.pgettext(meaning, sentence)), values)

    return {"_": gettext, "gettext": gettext, "ngettext": ngettext, "pgettext": pgettext}


class _Fold(NodeTransformer):
    """Puts what is known of a language in place of the calls that ask for it."""

    def __init__(self, environment: TwoLanguages, context: EvalContext) -> None:
        self._environment, self._context = environment, context

    def visit_Call(self, node: Call) -> Expr:
        """Return a constant for the language, and for a sentence that stands in the template."""
        self.generic_visit(node)
        texts = [argument.value for argument in node.args if isinstance(argument, Const)]
        match node.node:
            case Name(name="language"):
                return Const(self._environment.language)
            case Name(name="_" | "pgettext" as name) if len(texts) == len(node.args):
                return self._filled(_found(self._environment.catalogue, name, texts), node)
        return node

    def _filled(self, template: str, node: Call) -> Expr:
        if not node.kwargs:
            return Const(_said(self._context, template, {}))
        words = Markup(template) if self._context.autoescape else template  # noqa: S704  # of the catalogue
        return Mod(Const(words), Dict([Pair(Const(keyword.key), keyword.value) for keyword in node.kwargs]))


def _found(catalogue: Translations, name: str, texts: list[str]) -> str:
    return str(catalogue.ugettext(*texts) if name == "_" else catalogue.pgettext(*texts))
