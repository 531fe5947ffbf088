import base64
import hashlib
import html
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from mathml_jax import cli, plot
from mathml_jax import report as reports
from mathml_jax._docstring import parse
from mathml_jax._verdict import Verdict
from mathml_jax.catalog import CONCEPTS, TOPICS
from mathml_jax.derivations import DERIVATIONS
from mathml_jax.report import page, results
from mathml_jax.report.cards import card
from mathml_jax.report.catches import catches
from mathml_jax.report.formulas import mathml
from mathml_jax.report.opening import nan_caught, sign_caught
from mathml_jax.report.prose import inline, number, paragraphs
from mathml_jax.report.results import functions
from mathml_jax.report.sources import code, highlight, signature
from mathml_jax.report.typeface import typeface

FUNCTIONS = [function for concept in CONCEPTS for function in functions(concept)]


class Outline(HTMLParser):
    """Every element that a page opens, with its attributes."""

    def __init__(self, page):
        super().__init__()
        self.elements = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def all(self, name):
        return [attrs[name] for _, attrs in self.elements if attrs.get(name)]


def text_of(markup):
    return html.unescape(re.sub(r"<[^>]*>", "", str(markup)))


@pytest.mark.parametrize(
    ("latex", "part"),
    [
        (r"\max_{x} y", '<munder><mo movablelimits="true"'),
        (r"a = -b", '<mo form="prefix">−</mo>'),
        (r"a - b", "<mo>−</mo>"),
        (r"f(-x)", '<mo form="prefix">−</mo>'),
        (r"y \log x", '<mspace width="0.17em" /><mi>log</mi>'),
        (r"\mathrm{E}[x]", '<mi mathvariant="normal">E</mi>'),
        (r"a \pm b", "<mo>±</mo>"),
        (r"\Delta x", '<mi mathvariant="normal">Δ</mi>'),
        (r"f'(x)", '<mo lspace="0" rspace="0">\N{PRIME}</mo>'),
        (r"x_{i+1}", '<mo lspace="0" rspace="0">+</mo>'),
        (r"\lVert x \rVert", '<mo stretchy="false" lspace="0" rspace="0">‖</mo>'),
        (r"\begin{aligned} a &= b \\ c &= d \end{aligned}", "<mtable"),
        (r"\operatorname*{arg\,min}_x f", 'rspace="0.17em">argmin</mo>'),
        (r"x < y", "<mo>&lt;</mo>"),
    ],
)
def test_formula(latex, part):
    assert part in mathml(latex, block=True)


def test_unknown_macro():
    with pytest.raises(ValueError, match=r"mathml: expected LaTeX that latex2mathml knows, got \\foo"):
        mathml(r"\foo x")


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f.__name__)
def test_every_room_can_be_set(function):
    text = parse(function)
    assert mathml(text.formula, block=True)
    for part in (text.sentence, text.why, text.returns, text.references):
        assert ":math:" not in inline(part)
    assert "`" not in text_of(paragraphs(text.prose))
    assert text_of(signature(function)).startswith(function.__name__)
    assert '"""' not in text_of(code(function))


@pytest.mark.parametrize("derivation", DERIVATIONS, ids=lambda d: d.title)
def test_every_derivation_can_be_set(derivation):
    assert all(mathml(step.formula, block=True) and inline(step.says) for step in derivation.steps)


def test_prose_is_escaped():
    assert inline('<b> & "q" `<i>`') == "&lt;b&gt; &amp; “q” <code>&lt;i&gt;</code>"
    assert paragraphs("one\n\n- two\n- three") == "<p>one</p><ul><li>two</li><li>three</li></ul>"


@pytest.mark.parametrize(
    ("x", "shown"),
    [(0.0, "0"), (12.3, "12"), (5432.1, "5,432"), (2e-13, "2.0 × 10⁻¹³"), (-0.5, "−0.5"), (float("inf"), "∞")],
)
def test_number(x, shown):
    assert number(x) == shown


def test_highlight_loses_nothing():
    source = 'def f(x: "a < b") -> str:\n    """Doc."""\n    return f"{x}" and None  # <- é, then\n\n\nclass A: ...'
    assert text_of(highlight(source)) == source
    assert "<span class=k>def</span>" in highlight(source)


def test_typeface_is_small():
    assert typeface("<p>Σ</p>").startswith("data:font/woff;base64,")
    assert len(typeface("<math>∑√x</math>")) < 60_000


def test_both_mistakes_are_caught():
    sign, nan = catches()
    assert (sign.comparison.verdict, nan.comparison.verdict) == (Verdict.HAND_WRONG, Verdict.AUTODIFF_WRONG)
    lit = [[cell.bad for cell in row] for row in sign_caught(sign.comparison).rows]
    assert lit == [[i != j for j in range(4)] for i in range(4)]
    assert sum(row.bad for row in nan_caught(nan.comparison).rows) >= 1


def test_page_has_a_card_each(report):
    page = reports.render(report)
    outline = Outline(page)
    ids = outline.all("id")
    assert report.ok
    assert len(ids) == len(set(ids))
    assert {e.concept.name for e in report.examinations} <= set(ids)
    assert {link[1:] for link in outline.all("href") if link.startswith("#")} <= set(ids)
    assert {name for names in outline.all("aria-labelledby") for name in names.split()} <= set(ids)
    assert "1.5 ulp" in page
    assert "unavailable: a while loop" in page
    assert "should be " in page
    assert page.count("<h1") == 1
    assert 'lang="en"' in page


def test_page_asks_the_network_for_nothing(report):
    page = reports.render(report)
    outline = Outline(page)
    assert all(link.startswith(("#", "data:")) for name in ("href", "src", "xlink:href") for link in outline.all(name))
    assert not {"iframe", "object", "embed", "form"} & {tag for tag, _ in outline.elements}
    assert "@import" not in page
    assert {url[:5] for url in re.findall(r'url\("?([^)"]*)', page)} == {"data:"}
    policy = next(a["content"] for _, a in outline.elements if a.get("http-equiv") == "Content-Security-Policy")
    script = re.search(r"<script>(.*)</script>", page, re.DOTALL)
    assert script
    digest = base64.b64encode(hashlib.sha256(script.group(1).encode()).digest()).decode()
    assert policy.startswith("default-src 'none'")
    assert f"script-src 'sha256-{digest}'" in policy


def test_page_escapes(report):
    page = reports.render(report)
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page
    assert "a &amp; b" in page


def test_failures_replace_the_catches(failing):
    page = reports.render(failing)
    assert not failing.ok
    assert "What fails" in page
    assert "the hand-written one is &lt;wrong&gt;" in page
    assert "Caught: a lost sign" not in page


def test_a_missed_mistake_is_a_failure(report):
    missed = replace(report.catches[0], expected=Verdict.AGREE)
    assert "misses a planted mistake" in str(replace(report, catches=(missed, report.catches[1])).failures)


def test_write_is_atomic(report, tmp_path):
    path = tmp_path / "page.html"
    path.write_text("before")
    with pytest.raises(TypeError):
        reports.write(replace(report, examinations=None), path)
    assert path.read_text() == "before"
    reports.write(report, path)
    assert path.read_text(encoding="utf-8").startswith("<!doctype html>")
    with pytest.raises(OSError, match=r"page\.html"):
        reports.write(report, path / "page.html")
    assert [p.name for p in tmp_path.iterdir()] == ["page.html"]


def test_build_one_topic():
    told = []
    report = reports.build(("fundamentals",), progress=lambda *news: told.append(news))
    assert report.ok, report.failures
    assert report.experiment is None
    assert [e.concept for e in report.examinations] == list(TOPICS["fundamentals"])
    done = [done for _, done, _ in told]
    assert done[0] == 0
    assert done == sorted(set(done))
    assert done[-1] < told[-1][2]


def raising(*args):
    raise ValueError("message\nand more of it")


def test_whatever_raises_is_a_failure(monkeypatch, capsys, tmp_path, report):
    """The page is written all the same, other cards stand as they stood, and the command exits with 1."""
    fallen, standing = report.examinations

    def examine(concept):
        return standing if concept is standing.concept else raising()

    monkeypatch.setattr(results, "TOPICS", {"nn": (fallen.concept, standing.concept)})
    monkeypatch.setattr(results, "examine_together", raising)
    monkeypatch.setattr(results, "examine", examine)
    for part in ("catches", "check_derivation", "_drawn", "_experiment"):
        monkeypatch.setattr(results, part, raising)
    monkeypatch.setattr(cli, "compile_quickly", lambda: None)
    monkeypatch.setenv("COLUMNS", "160")
    with pytest.raises(SystemExit) as stop:
        cli.main(["report", "--out", str(tmp_path / "page.html")])
    written = text_of((tmp_path / "page.html").read_text(encoding="utf-8"))
    proofs = [d.title for d in DERIVATIONS if d.proves in functions(fallen.concept)]
    pictures = [f.name for f in plot.FIGURES if f.concept is fallen.concept.function]
    assert proofs
    assert pictures
    out = capsys.readouterr().out
    for name in (fallen.concept.name, "two planted mistakes", "linear regression", *proofs, *pictures):
        assert f"{name}: raised ValueError: message\n" in out
        assert f"{name}: raised ValueError: message" in written
    assert "and more of it" not in written
    assert stop.value.code == 1


def test_a_fallen_card(report):
    _, standing = report.examinations
    raised = "nn.softmax: raised ValueError: message"
    fallen = replace(report.examinations[0], comparisons=(), oracle_error=None, float32_error=None, failures=(raised,))
    shown = replace(report, examinations=(fallen, standing), proofs=(), pictures=())
    down, up = (c for topic in page.page(shown).topics for room in topic.rooms for c in room.cards)
    assert (down.badge, down.failures, down.values) == ("fails", (raised,), ())
    assert [(d.name, d.ok, d.witnesses) for d in down.derivatives] == [("softmax_jacobian", False, ())]
    assert up == card(standing)
    assert page.page(shown).failures == (("nn.softmax", "nn.softmax", "raised ValueError: message"),)
    assert (page.page(shown).tally.agree, page.page(shown).tally.fail) == (1, 1)


def test_build_unknown_topic():
    with pytest.raises(ValueError, match="report: expected topic to be one of"):
        reports.build(("fundamental",))
