import math

import numpy as np
import pytest
import scipy.special
import scipy.stats

from mathml_jax import special

EPS = 2.0**-52
INF, NAN = np.inf, np.nan


def test_chi_square():
    v, x = np.meshgrid([0.1, 1.0, 5.0, 100.0, 1e5], [0.0, 1e-5, 0.5, 10.0, 1000.0, 1.01e5])
    np.testing.assert_allclose(special.chdtr(v, x), scipy.special.chdtr(v, x), rtol=1e-11)
    np.testing.assert_allclose(special.chdtrc(v, x), scipy.special.chdtrc(v, x), rtol=1e-11, atol=1e-300)
    p = np.array([1e-250, 1e-10, 0.3, 0.999])[:, None]
    v = np.array([0.5, 2.0, 300.0])
    np.testing.assert_allclose(special.chdtrc(v, special.chdtri(v, p)), np.broadcast_to(p, (4, 3)), rtol=1e-12)


def test_f():
    n, m = np.array([0.5, 2.0, 30.0, 1e4]), np.array([1.0, 7.0, 200.0, 3e3])
    x = np.array([0.0, 1e-8, 0.3, 1.0, 5.0, 1e5])[:, None]
    np.testing.assert_allclose(special.fdtr(n, m, x), scipy.stats.f.cdf(x, n, m), rtol=1e-11)
    np.testing.assert_allclose(special.fdtrc(n, m, x), scipy.stats.f.sf(x, n, m), rtol=1e-11, atol=1e-300)
    p = np.array([1e-70, 1e-9, 0.5, 0.99])[:, None]
    np.testing.assert_allclose(special.fdtr(n, m, special.fdtri(n, m, p)), np.broadcast_to(p, (4, 4)), rtol=1e-12)


def test_counts():
    k = np.arange(13.0)
    for p in (0.0, 1e-9, 0.3, 1.0):
        np.testing.assert_allclose(special.bdtr(k, 12.0, p), scipy.stats.binom.cdf(k, 12, p), rtol=64 * EPS)
        np.testing.assert_allclose(special.bdtrc(k, 12.0, p), scipy.stats.binom.sf(k, 12, p), rtol=64 * EPS)
    for m in (0.0, 1e-9, 3.0, 500.0):
        np.testing.assert_allclose(special.pdtr(k, m), scipy.stats.poisson.cdf(k, m), rtol=256 * EPS)
        np.testing.assert_allclose(special.pdtrc(k, m), scipy.stats.poisson.sf(k, m), rtol=256 * EPS)
    assert special.pdtr(1.9, 3.0) == special.pdtr(1.0, 3.0)


@pytest.mark.parametrize(
    ("f", "args", "value"),
    [
        (special.chdtrc, (2.0, -1.0), NAN),
        (special.chdtr, (-1.0, 1.0), NAN),
        (special.chdtri, (2.0, 0.0), INF),
        (special.fdtr, (2.0, 3.0, INF), 1.0),
        (special.fdtrc, (2.0, 3.0, -1.0), NAN),
        (special.fdtr, (0.0, 3.0, 1.0), NAN),
        (special.fdtri, (2.0, 3.0, 0.0), 0.0),
        (special.fdtri, (2.0, 3.0, 1.0), INF),
        (special.bdtr, (5.0, 4.0, 0.5), NAN),
        (special.bdtr, (2.0, 4.0, 1.5), NAN),
        (special.bdtrc, (-1.0, 4.0, 0.5), 1.0),
        (special.bdtrc, (-1.0, 4.0, 1.5), NAN),
        (special.pdtr, (-1.0, 1.0), NAN),
    ],
)
def test_edges(f, args, value):
    np.testing.assert_array_equal(f(*args), value)


def test_factorials_are_exact():
    n = np.arange(171)
    np.testing.assert_array_equal(special.factorial(n), [float(math.factorial(i)) for i in n])
    np.testing.assert_array_equal(special.factorial(np.array([-1.0, 171.0])), [0.0, INF])
    np.testing.assert_allclose(special.factorial(0.5), math.sqrt(math.pi) / 2, rtol=4 * EPS)
    assert special.factorial(np.float32(35)) == INF


def test_choices_are_exact():
    n, k = np.meshgrid(np.arange(61), np.arange(61))
    exact = np.vectorize(lambda n, k: float(math.comb(int(n), int(k))), otypes=[float])(n, k)
    np.testing.assert_allclose(special.comb(n, k), exact, rtol=32 * EPS)
    np.testing.assert_array_equal(np.asarray(special.comb(n, k))[exact < 2**51], exact[exact < 2**51])
    large = [(200, 100), (1000, 3), (170, 169), (1e8, 2)]
    for a, b in large:
        assert special.comb(a, b) == pytest.approx(float(math.comb(int(a), int(b))), rel=1e-13)
    np.testing.assert_allclose(special.comb(2.5, 1.5), scipy.special.comb(2.5, 1.5), rtol=16 * EPS)
    assert special.comb(3, 5) == special.comb(3, -1) == special.perm(3, 5) == 0
    expected = [float(math.perm(20, k)) for k in range(21)]
    np.testing.assert_allclose(special.perm(20, np.arange(21)), expected, rtol=4 * EPS)


def test_gcd():
    a, b = np.meshgrid(np.arange(-12, 40), np.arange(-12, 40))
    np.testing.assert_array_equal(special.gcd(a, b), np.gcd(a, b))
