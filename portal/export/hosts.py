"""What a host must know that a file cannot say: types and other headers, what moved, and which addresses ask for more.

For nginx two files to include, for Netlify and those that read its files two more, for every other a list.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from portal.export.rules import REFUSALS, Answer

#: The directives of nginx that go with the maps: the longest address must fit.
_SMALLEST_BUCKET = 128
#: What a host adds to what it found in its own way, so that a proxy keeps the three encodings apart.
VARY = "Accept-Encoding"
#: What the pages that say that nothing is there do not have in common.
_DIFFERENT = ("content-type", "content-language", "content-security-policy")


def headers_json(kept: Sequence[Answer], moved: Sequence[Answer]) -> bytes:
    """Return the list of every address: its file, its status, its headers; or where it moved."""
    listed: dict[str, object] = {
        answer.address: {"file": answer.place, "status": answer.status, "headers": answer.said()} for answer in kept
    }
    listed |= {a.address: {"status": a.status, "headers": {"location": a.headers["location"]}} for a in moved}
    return (json.dumps(dict(sorted(listed.items())), ensure_ascii=False, indent=1) + "\n").encode()


def netlify_headers(kept: Sequence[Answer]) -> bytes:
    """Return `_headers`: one block for each address without arguments, for no host of this kind knows those there."""
    blocks = [
        "\n".join([answer.address, *(f"  {_titled(name)}: {value}" for name, value in answer.said().items())])
        for answer in _in_order(kept)
        if "?" not in answer.address and answer.status == 200
    ]
    return ("\n".join(blocks) + "\n").encode()


def netlify_redirects(kept: Sequence[Answer], moved: Sequence[Answer], public_url: str) -> bytes:
    """Return `_redirects`: what moved, the files of addresses with arguments, the English page where nothing is."""
    lines = [f"{a.address} {a.headers['location'].removeprefix(public_url)} {a.status}!" for a in _in_order(moved)]
    for answer in _in_order(kept):
        path, _, query = answer.address.partition("?")
        if query and answer.status == 200:
            lines.append(f"{path} {query.replace('&', ' ')} /{answer.place} 200!")
    lines.append("/en/* /en/404.html 404")
    return ("\n".join(lines) + "\n").encode()


def _in_order(answers: Iterable[Answer]) -> list[Answer]:
    return sorted(answers, key=lambda answer: answer.address)


def _titled(name: str) -> str:
    return "-".join(part.capitalize() for part in name.split("-"))


def _quoted(text: str) -> str:
    return '"' + re.sub(r'([\\"])', r"\\\1", text) + '"'


def _word(header: str) -> str:
    return header.replace("-", "_")


def _map(source: str, target: str, lines: Iterable[tuple[str, str]], default: str = "") -> str:
    pairs = "".join(f"    {_quoted(key)} {_quoted(value)};\n" for key, value in lines)
    return f"map {_quoted(source)} {target} {{\n    default {_quoted(default)};\n{pairs}}}\n"


def nginx_http(kept: Sequence[Answer], moved: Sequence[Answer]) -> bytes:
    """Return what nginx includes in its `http` block: the maps from what is asked to a file and to its headers."""
    kinds = list(dict.fromkeys(tuple(answer.said().items()) for answer in _in_order(kept)))
    found = [answer for answer in _in_order(kept) if answer.status in (200, 410)]
    places = {answer.asked: f"{kinds.index(tuple(answer.said().items()))} {answer.place}" for answer in found}
    went = {f"{answer.address.partition('?')[0]}?": answer for answer in _in_order(moved) if "?" not in answer.address}
    parts = [
        "# Written by `portal export`. Include it in the http block of nginx, once.\n",
        _sizes([*places, *went]),
        _asking(kept),
        _map("$uri?$portal_arguments", "$portal_place", places.items()),
        _map("$portal_place", "$portal_file", [(r"~^\d+ (?<portal_named>.+)$", "$portal_named")]),
        _map("$portal_place", "$portal_kind", [(r"~^(?<portal_numbered>\d+) ", "$portal_numbered")]),
        _map("$portal_place", "$portal_gone", [(places[a.asked], "1") for a in found if a.status == 410]),
        _map("$portal_asks:$portal_file", "$portal_away", [("1:", "1")]),
        *_moves(went),
        *_refusals(kept),
        *_headers_of(kinds),
        *_ENCODINGS,
    ]
    return "\n".join(parts).encode()


def _sizes(keys: Iterable[str]) -> str:
    longest = max((len(key.encode()) for key in keys), default=0)
    bucket = max(_SMALLEST_BUCKET, 1 << (longest + 32).bit_length())
    return f"map_hash_max_size 65536;\nmap_hash_bucket_size {bucket};\nvariables_hash_max_size 4096;\n"


def _asking(kept: Sequence[Answer]) -> str:
    """Return the maps that say which arguments an address was given of those that it knows, and whether any."""
    knowing = {a.address.partition("?")[0]: a.arguments for a in _in_order(kept) if a.arguments}
    lines = [(path, "&".join(f"{name}=$arg_{name}" for name in names)) for path, names in knowing.items()]
    # One given twice means what the server makes of it.
    twice = [("~(?:^|&)(?<portal_name>[^=&]+)=[^&]*&(?:.*&)?\\k<portal_name>=", "twice&")]
    return "\n".join(
        [
            _map("$args", "$portal_twice", twice),
            _map("$uri", "$portal_known", lines),
            _map("$portal_known", "$portal_arguments", [("~.", "$portal_twice$portal_known")]),
            _map("$portal_arguments", "$portal_asks", [("", ""), ("~^(?:[^=&]+=(?:&|$))+$", "")], "1"),
        ]
    )


def _moves(went: Mapping[str, Answer]) -> list[str]:
    """Return the maps from what moved to where it is: one for those who moved for good, one for all others."""
    for_good = [(key, a.headers["location"]) for key, a in went.items() if a.status in (301, 308)]
    for_now = [(key, a.headers["location"]) for key, a in went.items() if a.status not in (301, 308)]
    # A page whose path ends with "/" is looked for without one, too.
    return [
        _map("$uri?", "$portal_moved", for_good),
        _map("$uri?", "$portal_elsewhere", for_now),
        _map("$uri", "$portal_short", [("~^(?<portal_path>.*[^/])$", "$portal_path")], "/none"),
    ]


def _refusals(kept: Sequence[Answer]) -> list[str]:
    """Return the maps from where nothing is to the page that says so, and to those of its headers that differ."""
    starts = [(f"~^{start}", address) for start, address in sorted(REFUSALS.items(), reverse=True)]
    told = {answer.address: answer.said() for answer in kept if answer.address in REFUSALS.values()}
    return [_map("$uri", "$portal_refusal", starts), *_by_name(told, "$portal_refusal", "$portal_refusal_", _DIFFERENT)]


def _by_name(told: Mapping[str, Mapping[str, str]], source: str, start: str, names: Iterable[str]) -> Iterator[str]:
    """Give a map of each header by its name, from what `source` holds to the value that it has there."""
    for name in names:
        yield _map(source, start + _word(name), [(key, said[name]) for key, said in told.items() if name in said])


def _headers_of(kinds: Sequence[tuple[tuple[str, str], ...]]) -> list[str]:
    names = sorted({name for kind in kinds for name, _value in kind})
    told = _by_name({str(number): dict(kind) for number, kind in enumerate(kinds)}, "$portal_kind", "$portal_", names)
    asked_before = _map("$request_method$portal_access_control_allow_origin", "$portal_preflight", [("OPTIONS*", "1")])
    return [*told, asked_before]


#: The best of the encodings that a client takes; which one was found, its file says.
_TAKEN = r"~*(?:^|,)\s*%s\s*(?:$|,|;\s*q=(?:1|0?\.0*[1-9]))"
_ENCODINGS = [
    _map("$http_accept_encoding", "$portal_twin", [(_TAKEN % "br", ".br"), (_TAKEN % "gzip", ".gz")]),
    _map("$uri", "$portal_encoding", [(r"~\.br$", "br"), (r"~\.gz$", "gzip")]),
]
_PREFLIGHT = """\
        add_header Access-Control-Allow-Origin "*" always;
        add_header Access-Control-Allow-Methods "GET, HEAD, OPTIONS" always;
        add_header Access-Control-Allow-Headers "If-None-Match, If-Modified-Since" always;
        add_header Access-Control-Max-Age 7200 always;
        return 204;"""
_SERVER = """\
# Written by `portal export`. Include it in a server block of nginx whose root is the folder `site` of this export, and
# give that block no other location.

# The maps tell the type of each address.
types {{ }}
default_type "";
gzip off;
absolute_redirect off;
error_page 404 @portal_absent;
error_page 410 @portal_gone;
error_page 503 /503.html;

location / {{
    if ($portal_preflight) {{
{preflight}
    }}
    # What is sent, and what is asked for with arguments of which there is no file, takes the server.
    if ($request_method !~ "^(GET|HEAD)$") {{ return 503; }}
    if ($portal_away) {{ return 503; }}
    if ($portal_moved) {{ return 301 $portal_moved; }}
    if ($portal_elsewhere) {{ return 302 $portal_elsewhere; }}
    if (-f $document_root$portal_short/index.html) {{ return 308 {public_url}$uri/$is_args$args; }}
    if ($portal_gone) {{ return 410; }}
    try_files /$portal_file$portal_twin /$portal_file =404;
{headers}
}}

# Staff and their programs need the server.
location ^~ /desk/ {{ return 503; }}

location @portal_gone {{
    try_files /$portal_file$portal_twin /$portal_file =404;
{headers}
}}

location @portal_absent {{
    try_files $portal_refusal$portal_twin $portal_refusal =404;
{absent}
}}

location = /503.html {{
    internal;
    try_files /503.html$portal_twin /503.html =404;
    add_header Content-Type "text/html; charset=utf-8" always;
    add_header Content-Language "fr, en" always;
    add_header Retry-After 3600 always;
{away}
}}
"""


def nginx_server(kept: Sequence[Answer], public_url: str) -> bytes:
    """Return what nginx includes in its `server` block: where each request goes."""
    names = sorted({name for answer in kept for name in answer.said()})
    found = [f"add_header {_titled(name)} $portal_{_word(name)} always;" for name in names]
    # An address with a dot is open to every script: what is said in the place of a page is not.
    refusal = next(answer.said() for answer in kept if answer.address == REFUSALS["/"])
    common = {name: value for name, value in refusal.items() if not name.startswith("access-control-")}
    security = [
        f"add_header {_titled(name)} {_quoted(value)} always;"
        for name, value in common.items()
        if name not in ("content-type", "content-language")
    ]
    absent = [f"add_header {_titled(name)} $portal_refusal_{_word(name)} always;" for name in _DIFFERENT]
    absent += [line for line in security if "Content-Security-Policy" not in line]
    ways = ["add_header Content-Encoding $portal_encoding always;", f"add_header Vary {VARY} always;"]
    text = _SERVER.format(
        preflight=_PREFLIGHT,
        public_url=public_url,
        headers=_indented([*found, *ways]),
        absent=_indented([*absent, *ways]),
        away=_indented([*security, *ways]),
    )
    return text.encode()


def _indented(lines: Sequence[str]) -> str:
    return "\n".join(f"    {line}" for line in lines)


#: The files that hosts read, each with what makes it of the pages, of what moved and of the public address.
DOCUMENTS: Mapping[str, Callable[[Sequence[Answer], Sequence[Answer], str], bytes]] = {
    "headers.json": lambda kept, moved, _url: headers_json(kept, moved),
    "nginx-http.conf": lambda kept, moved, _url: nginx_http(kept, moved),
    "nginx-server.conf": lambda kept, _moved, url: nginx_server(kept, url),
    "site/_headers": lambda kept, _moved, _url: netlify_headers(kept),
    "site/_redirects": netlify_redirects,
}
