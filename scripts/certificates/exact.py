"""What the references share: as many bits as it takes, slopes, sums with their sizes, the normal law, all in Arb."""

from collections.abc import Callable, Iterable, Sequence

import flint
from flint import arb, arb_mat

Terms = tuple[arb, arb]
Matrix = Sequence[Sequence[arb]]


def sharp(function: Callable[..., arb]) -> Callable[..., arb]:
    """The function, with as many bits as it takes to know so many of its result, and as many as its caller has."""

    def at(*args: arb) -> arb:
        before = flint.ctx.prec
        try:
            for bits in (300, 1600, 6000):
                flint.ctx.prec = max(bits, before)
                result = function(*args)
                if result.rel_accuracy_bits() > 80:
                    break
        finally:
            flint.ctx.prec = before
        return result

    return at


def slope(function: Callable[..., arb], place: int) -> Callable[..., arb]:
    """The derivative in one argument, not zero: a central difference so small that its error is none."""

    @sharp
    def at(*args: arb) -> arb:
        step = args[place] * arb(2) ** -100
        higher, lower = (function(*args[:place], args[place] + h, *args[place + 1 :]) for h in (step, -step))
        return (higher - lower) / (2 * step)

    return at


def sized(function: Callable[..., arb]) -> Callable[..., Terms]:
    """The function beside the size of its result, or 1."""

    def at(*args: arb) -> Terms:
        value = function(*args)
        return value, max(abs(value), arb(1))

    return at


def carried(function: Callable[..., arb]) -> Callable[..., Terms]:
    """The function beside the rounding that an exponential of its size carries."""

    def at(*args: arb) -> Terms:
        value = function(*args)
        return value, abs(value) * (1 + abs(abs(value).log())) if value != 0 else arb(1)

    return at


def total(terms: Iterable[arb]) -> Terms:
    """A sum, and that of the absolute values of its terms."""
    terms = list(terms)
    return sum(terms, arb(0)), sum(map(abs, terms), arb(0))


def dot(a: Iterable[arb], b: Iterable[arb]) -> Terms:
    """An inner product, and that of the absolute values."""
    return total(x * y for x, y in zip(a, b, strict=True))


def matmul(a: Matrix, b: Matrix) -> list[list[Terms]]:
    """The `dot` of every row with every column."""
    exact = arb_mat(a) * arb_mat(b)
    sizes = arb_mat(absolute(a)) * arb_mat(absolute(b))
    return [list(zip(*rows, strict=True)) for rows in zip(exact.tolist(), sizes.tolist(), strict=True)]


def absolute(a: Matrix) -> list[list[arb]]:
    """The absolute values of all entries."""
    return [[abs(v) for v in row] for row in a]


def transposed(a: Matrix) -> list[list[arb]]:
    """Rows become columns."""
    return [list(column) for column in zip(*a, strict=True)]


def mean(x: Sequence[arb]) -> arb:
    """The average."""
    return sum(x, arb(0)) / len(x)


def softmax(x: Sequence[arb]) -> list[arb]:
    """Exponentials over their sum."""
    weights = [v.exp() for v in x]
    return [w / sum(weights) for w in weights]


def logistic(x: arb) -> arb:
    """One over one plus e to the minus x."""
    return 1 / (1 + (-x).exp())


def density(x: arb) -> arb:
    """The standard normal density."""
    return (-x * x / 2).exp() / (2 * arb.pi()).sqrt()


def below(x: arb) -> arb:
    """The standard normal probability of at most x."""
    return (-x / arb(2).sqrt()).erfc() / 2


def mills(x: arb) -> arb:
    """The tail beyond x over the density there, for x from 0, by Tricomi's function."""
    return (x * x / 2).hypgeom_u(arb(0.5), arb(0.5)) / arb(2).sqrt()


def log_below(x: arb) -> arb:
    """The logarithm of `below`."""
    return mills(-x).log() - x * x / 2 - (2 * arb.pi()).log() / 2 if x < 0 else (-below(-x)).log1p()


def log_below_slope(x: arb) -> arb:
    """Its derivative."""
    return 1 / mills(-x) if x < 0 else density(x) / below(x)


def quantile(p: arb) -> arb:
    """Where `below` is p."""
    return -arb(2).sqrt() * (2 * p).erfcinv()
