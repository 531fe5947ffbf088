import jax
import jax.numpy as jnp
import mpmath
import numpy as np
import pytest
import scipy.integrate
from flint import arb

from mathml_jax.calculus.gauss import fixed_quad, gauss_hermite, gauss_laguerre, gauss_legendre
from tests.ulps import ulps

EPS = 2.0**-52
ORDERS = [1, 2, 3, 8, 21, 64, 127, 128]


def legendre(n):
    pairs = [arb.legendre_p_root(n, k, weight=True) for k in reversed(range(n))]
    return [x if 2 * k + 1 != n else arb(0) for k, (x, _) in enumerate(pairs)], [w for _, w in pairs]


def polished(n, starts, value, slope, weight):
    """Zeros by Newton's iteration from roundings of them, and weights, in sixty digits."""
    with mpmath.workdps(60 + n):
        nodes = []
        for x in map(mpmath.mpf, starts):
            for _ in range(4):
                x -= value(x) / slope(x)
            nodes.append(x)
        weights = [weight(x) for x in nodes]
        return [[arb(mpmath.nstr(v, 60)) for v in column] for column in (nodes, weights)]


def hermite(n, starts):
    def h(k, x):
        return mpmath.hermite(k, x)

    return polished(
        n,
        starts,
        lambda x: h(n, x),
        lambda x: 2 * n * h(n - 1, x),
        lambda x: 2 ** (n - 1) * mpmath.factorial(n) * mpmath.sqrt(mpmath.pi) / (n * h(n - 1, x)) ** 2,
    )


def laguerre(n, starts):
    def p(k, x):
        return mpmath.laguerre(k, 0, x)

    return polished(
        n,
        starts,
        lambda x: p(n, x),
        lambda x: n * (p(n, x) - p(n - 1, x)) / x,
        lambda x: x / ((n + 1) * p(n + 1, x)) ** 2,
    )


@pytest.mark.parametrize("n", ORDERS)
def test_legendre_is_correctly_rounded(n):
    nodes, weights = legendre(n)
    rule = gauss_legendre(n)
    assert ulps(rule.nodes, np.array(nodes, object)) <= 0.5
    assert ulps(rule.weights, np.array(weights, object)) <= 0.5


@pytest.mark.parametrize("n", [2, 3, 5, 21, 64, 128])
@pytest.mark.parametrize(("rule", "reference"), [(gauss_hermite, hermite), (gauss_laguerre, laguerre)])
def test_hermite_and_laguerre_are_correctly_rounded(rule, reference, n):
    """Also the tiny weights: 1.8e-102 and 8.6e-210 for n = 128."""
    nodes, weights = (np.asarray(column) for column in rule(n))
    few = [k for k in sorted({0, n // 4, n - 2, n - 1}) if nodes[k] != 0]
    true = reference(n, nodes[few])
    for got, exact in zip((nodes[few], weights[few]), true, strict=True):
        assert ulps(got, np.array(exact, object)) <= 0.5


@pytest.mark.parametrize("n", [1, 2, 5, 20, 100])
def test_agree_with_numpy(n):
    for rule, peer in (
        (gauss_legendre, np.polynomial.legendre.leggauss),
        (gauss_hermite, np.polynomial.hermite.hermgauss),
        (gauss_laguerre, np.polynomial.laguerre.laggauss),
    ):
        for ours, theirs in zip(rule(n), peer(n), strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=1e-11, atol=1e-14)


@pytest.mark.parametrize("n", [1, 3, 8])
def test_moments_are_exact_to_degree_2n_minus_1(n):
    k = np.arange(2 * n + 1)
    even = k % 2 == 0
    gamma = np.vectorize(lambda z: float(mpmath.gamma(z)))
    for rule, moments in (
        (gauss_legendre(n), np.where(even, 2 / (k + 1), 0)),
        (gauss_hermite(n), np.where(even, gamma((k + 1) / 2), 0)),
        (gauss_laguerre(n), gamma(k + 1)),
    ):
        nodes, weights = (np.asarray(column) for column in rule)
        got = weights @ nodes[:, None] ** k
        size = weights @ np.abs(nodes[:, None]) ** k
        assert np.all(np.abs(got - moments)[:-1] <= 4 * n * EPS * size[:-1])
        assert abs(got[-1] - moments[-1]) > 1e-6 * moments[-1]


def test_rules_under_jit_and_in_float32():
    run = jax.jit(lambda x: gauss_laguerre(128, dtype=x.dtype).weights * x)
    assert run(jnp.float32(1)).dtype == jnp.float32
    np.testing.assert_array_equal(gauss_legendre(21, dtype=jnp.float32).nodes, np.float32(gauss_legendre(21).nodes))
    with jax.enable_x64(False):
        assert gauss_legendre(5).nodes.dtype == jnp.float32


@pytest.mark.parametrize("n", [1, 2, 5, 12])
def test_fixed_quad_is_exact_for_polynomials(n):
    coefficients = np.random.default_rng(n).normal(size=2 * n)
    whole = np.polyint(coefficients)
    got = fixed_quad(lambda x: jnp.polyval(jnp.asarray(coefficients), x), -0.5, 2.0, n=n)
    size = np.polyval(np.abs(whole), 2.0)
    np.testing.assert_allclose(got, np.polyval(whole, 2.0) - np.polyval(whole, -0.5), atol=8 * EPS * size, rtol=0)


@pytest.mark.parametrize("n", [1, 5, 20])
def test_fixed_quad_agrees_with_scipy(n):
    got = fixed_quad(lambda x, p: jnp.exp(-p * x) / (1 + x), 0.5, 3.0, (1.3,), n)
    want, _ = scipy.integrate.fixed_quad(lambda x, p: np.exp(-p * x) / (1 + x), 0.5, 3.0, (1.3,), n)
    np.testing.assert_allclose(got, want, rtol=32 * EPS)


@pytest.mark.parametrize("mode", [jax.jacfwd, jax.jacrev])
def test_derivatives_in_limits_and_parameters(mode):
    def area(a, b, p):
        return fixed_quad(lambda x, p: jnp.exp(p * x), a, b, (p,), n=21)

    def closed(a, b, p):
        return fixed_quad(lambda x: jnp.exp(p * x), a, b, n=21)

    a, b, p = 0.2, 1.5, 0.7
    slope = (p * b - 1) * np.exp(p * b) / p**2 - (p * a - 1) * np.exp(p * a) / p**2
    for f in (area, closed):
        got = mode(f, argnums=(0, 1, 2))(a, b, p)
        np.testing.assert_allclose(got, (-np.exp(p * a), np.exp(p * b), slope), rtol=64 * EPS)
        np.testing.assert_allclose(mode(mode(f, 1), 1)(a, b, p), p * np.exp(p * b), rtol=64 * EPS)


def test_fixed_quad_edges():
    assert fixed_quad(jnp.exp, 1, 1) == 0
    np.testing.assert_allclose(fixed_quad(jnp.exp, 2.0, 0.0), -fixed_quad(jnp.exp, 0.0, 2.0), rtol=4 * EPS)
    assert np.isnan(fixed_quad(jnp.exp, -np.inf, 0.0))
    wave = fixed_quad(lambda x: jnp.exp(1j * x.astype(complex)), 0.0, 1.0, n=12)
    np.testing.assert_allclose(wave, (np.exp(1j) - 1) / 1j, rtol=8 * EPS)
    batch = jax.vmap(lambda p: fixed_quad(lambda x, p: x**p, 0.0, 1.0, (p,), 30))(jnp.arange(1.0, 9.0))
    np.testing.assert_allclose(batch, 1 / np.arange(2, 10), rtol=16 * EPS)


def test_fixed_quad_dtypes():
    assert fixed_quad(jnp.exp, np.float16(0), np.float16(1)).dtype == jnp.float16
    assert fixed_quad(lambda x, p: p * x, 0, 1, (np.float32(2),)).dtype == jnp.float32


@pytest.mark.usefixtures("plain_types")
@pytest.mark.parametrize("rule", [gauss_legendre, gauss_hermite, gauss_laguerre])
@pytest.mark.parametrize("n", [0, -1, 129, 2.0, "5"])
def test_bad_order(rule, n):
    with pytest.raises(ValueError, match=f"{rule.__name__}: expected n to be an integer from 1 to 128, got {n!r}"):
        rule(n)


@pytest.mark.usefixtures("plain_types")
def test_bad_input_of_fixed_quad():
    with pytest.raises(ValueError, match="fixed_quad: expected n to be an integer from 1 to 128, got 0"):
        fixed_quad(jnp.exp, 0.0, 1.0, n=0)
    with pytest.raises(ValueError, match=r"fixed_quad: expected f to return a scalar, got shape \(2,\)"):
        fixed_quad(lambda x: jnp.stack([x, x]), 0.0, 1.0)
