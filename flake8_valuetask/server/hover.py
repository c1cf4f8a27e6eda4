"""What the value of a name has been through, at one place of a function.

In: a parsed buffer and a place in it. Out: a short text, or None. The question is put into the flow graph as an event
that changes nothing, so the answer is what the rules would see there. Never: findings.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from flake8_valuetask.analyze import Analysis, bodies
from flake8_valuetask.events import Bind, Event, Exhaust, Make, Next, Pack, Place
from flake8_valuetask.graph import Block, BlockId, Graph
from flake8_valuetask.options import Options
from flake8_valuetask.records import record, replaced
from flake8_valuetask.rules.words import verb
from flake8_valuetask.server import names
from flake8_valuetask.server.names import Name, inside
from flake8_valuetask.source import Source, Span
from flake8_valuetask.survey import Scope
from flake8_valuetask.typestate import State, Step, Typestate, boxes
from flake8_valuetask.typestate.groups import places
from flake8_valuetask.typestate.transfer import Transfer, on
from flake8_valuetask.typestate.worlds import Value, World

if TYPE_CHECKING:
    from flake8_valuetask.lower import Body


class Told(NamedTuple):
    """The answer: Markdown, and the range of the name that it is about."""

    text: str
    span: Span


@record
class Ask(Event):
    """How does what `src` holds stand here?"""

    src: Place


@on(Ask)
def _ask(run: Transfer, world: World, event: Ask) -> None:
    """A step for each value, also for those in a container; nothing changes."""
    for value in run.shots(world, event.src):
        run.note("asked", world, value, event.at)
    for crate in run.crates(world, event.src):
        for member in sorted(boxes.contents(world, crate)):
            run.note("asked", world, member, event.at, "element")


class _Site(NamedTuple):
    """An event in the graph of a body, and the range of source that it stands for."""

    block: BlockId
    number: int
    event: Event
    span: Span


def hover(source: Source, options: Options, line: int, column: int) -> Told | None:
    """What is known of the name at a place (its line from 1, its column in code points)."""
    try:
        name = names.find(source, line, column)
        return None if name is None else _told(Analysis(source, options), name)
    except RecursionError:
        return None


def _told(analysis: Analysis, name: Name) -> Told | None:
    for body in _bodies(analysis, name.span.line):
        steps = list(_answers(analysis, body, name))
        if steps:
            return Told(_text(steps, _Lines(analysis.source, body), name), name.span)
    return None


def _bodies(analysis: Analysis, line: int) -> list[Body]:
    """The bodies around a line, innermost first."""
    outermost = [each.scope for each in analysis.survey.bodies]
    around = [scope for scope in outermost if scope.kind != "module" and _holds(scope, line)]
    chosen = around or [scope for scope in outermost if scope.kind == "module"]
    unit = analysis.unit(chosen[0]) if chosen else None
    around_line = () if unit is None else bodies(unit)
    return [body for body in around_line if body.scope.kind == "module" or _holds(body.scope, line)][::-1]


def _holds(scope: Scope, line: int) -> bool:
    return scope.line <= line <= scope.end


# Where to ask


def _answers(analysis: Analysis, body: Body, name: Name) -> Iterator[Step]:
    """The steps that answer, on each path to the name."""
    sites = _sites(analysis.source, body)
    asked = _bound(sites, name) if name.bound else _read(sites, name)
    if not asked:
        return
    graph = Graph(body.graph.name, [_with(block, asked) for block in body.graph.blocks])
    flow = Typestate(analysis.body).flow(replaced(body, graph=graph))
    yield from (step for step in flow.found if isinstance(step.event, Ask))


def _with(block: Block, asked: dict[tuple[BlockId, int], list[Ask]]) -> Block:
    """A copy of a block that puts the questions before the events of these numbers."""
    put: list[Event] = []
    for number in range(len(block.events) + 1):
        put += asked.get((block.id, number), [])
        put += block.events[number : number + 1]
    return Block(block.id, block.handler, put, block.exit)


def _sites(source: Source, body: Body) -> list[_Site]:
    """All events of a body that stand for something in the source."""
    return [
        _Site(block.id, index, event, source.span(body.origins[event.at]))
        for block in body.graph.blocks
        for index, event in enumerate(block.events)
        if event.at > 0
    ]


def _bound(sites: Sequence[_Site], name: Name) -> dict[tuple[BlockId, int], list[Ask]]:
    """After a name is bound: what it has got."""
    asked: dict[tuple[BlockId, int], list[Ask]] = {}
    for site in sites:
        match site.event:
            case Bind(name=place) | Make(dst=place) | Pack(dst=place) if _called(place) == name.name:
                if inside(name.span, site.span):
                    asked[site.block, site.number + 1] = [Ask(site.event.at, place)]
    return asked


def _read(sites: Sequence[_Site], name: Name) -> dict[tuple[BlockId, int], list[Ask]]:
    """Before what is done with a name: the same place of the source can stand in several blocks."""
    chosen = _nearest(sites, name)
    own = {place for site in chosen for place in places(site.event) if _called(place) == name.name}
    wanted = own or {place for site in sites for place in places(site.event) if _called(place) == name.name}
    asked: dict[tuple[BlockId, int], list[Ask]] = {}
    seen: set[BlockId] = set()
    for site in chosen:
        if site.block not in seen:
            seen.add(site.block)
            asked[site.block, site.number] = [Ask(site.event.at, place) for place in sorted(wanted)]
    return asked


def _nearest(sites: Sequence[_Site], name: Name) -> list[_Site]:
    """The events that are closest to what is done with a name: the smallest ones around it; else those in its
    statement, best of all such that use it."""
    # A loop reads what it goes through once; its later rounds stand at the same place.
    sites = [
        site for site in sites if not isinstance(site.event, Next | Exhaust) or getattr(site.event, "first", False)
    ]
    here = [site for site in sites if inside(site.span, name.around)]
    around = [site for site in here if inside(name.span, site.span)]
    using = [site for site in here if _uses(site, name)]
    heads = [site for site in sites if inside(name.span, site.span) and site.span == name.whole and _uses(site, name)]
    if around:
        return _smallest(around)
    return using or heads or here


def _smallest(sites: Sequence[_Site]) -> list[_Site]:
    least = min((_size(site.span) for site in sites), default=(0, 0))
    return [site for site in sites if _size(site.span) == least]


def _size(span: Span) -> tuple[int, int]:
    return span.end_line - span.line, span.end_column - span.column


def _uses(site: _Site, name: Name) -> bool:
    return any(_called(place) == name.name for place in places(site.event))


def _called(place: Place) -> str:
    """The name in the source for a place; variables of comprehensions have a mark behind it."""
    return place.partition("'")[0]


# In words


def _text(steps: Iterable[Step], lines: _Lines, name: Name) -> str:
    """A paragraph for each value: what it is, and how it stands on the paths that lead here."""
    values: dict[Value, list[Step]] = {}
    for step in sorted(steps, key=lambda step: (step.value.at, list(State).index(step.before), step.since)):
        values.setdefault(step.value, []).append(step)
    told = (_paragraph(value, each, lines, name) for value, each in values.items())
    return "\n\n".join(dict.fromkeys(told))


class _Lines:
    """The lines of origins."""

    def __init__(self, source: Source, body: Body) -> None:
        self._source = source
        self._body = body

    def of(self, at: int) -> int:
        """The line where an origin stands; 0 for what stands nowhere."""
        return self._source.span(self._body.origins[at]).line if at > 0 else 0


def _paragraph(value: Value, steps: Sequence[Step], lines: _Lines, name: Name) -> str:
    # Another round of a loop finds what this one has misused; that tells nothing beside the rest.
    telling = [step for step in steps if step.before is not State.MISUSED] or steps
    states = list(dict.fromkeys(_state(step, lines) for step in telling))
    what = _what(value, lines.of(value.at), name, any(step.how == "element" for step in steps))
    if len(states) == 1:
        return f"{what}; {states[0]}"
    return "\n".join([f"{what}; by the path taken:", "", *(f"- {state}" for state in states)])


def _what(value: Value, line: int, name: Name, element: bool) -> str:
    kind = value.kind.value
    if value.how == "element":
        return f"in `{name.name}`: each a {kind} from the caller"
    what = f"in `{name.name}`: {kind}" if element else f"`{name.name}`: {kind}"
    if value.how in ("parameter", "argument"):
        return f"{what} from the caller" if value.label == name.name else f"{what} `{value.label}` from the caller"
    return f"{what} `{value.label}`, {'taken' if value.how == 'taken' else 'made'} on line {line}"


def _state(step: Step, lines: _Lines) -> str:
    """How a value stands, and since which line."""
    how, line = step.since.how, lines.of(step.since.at)
    match step.before:
        case State.FRESH:
            return "fresh, nothing has consumed it"
        case State.DONE:
            return "done, and its result was not taken yet"
        case State.SPENT:
            return f"{verb(how)} on line {line}"
        case State.HANDED:
            return f"{_handed(how)} on line {line}"
        case State.STORED:
            return "stored, so that its new owner is to consume it"
        case State.UNSURE:
            return "not followed any more" if how == "made" else f"not followed any more since line {line}"
        case State.MISUSED:
            return "misused before, and reported there"


def _handed(how: str) -> str:
    if how in ("return", "yield"):
        return f"given back by `{how}`"
    if how == "closure":
        return "handed to a nested function"
    callee = how.removesuffix("()")
    return f"handed to `{callee}()`" if all(map(str.isidentifier, callee.split("."))) else f"handed to {how}"
