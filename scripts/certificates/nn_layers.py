"""Rows of the chapter nn: convolution, pooling and attention.

The terms of attention include those of its exponents: an error of the score is a relative error of the weight.
"""

from functools import partial
from itertools import product

from certificates.draws import arguments, normal, uniform
from certificates.exact import matmul, softmax, total, transposed
from certify import Row
from flint import arb

from mathml_jax import nn

Sum = partial(Row, unit="eps Σ", samples=20)

_images = arguments(normal(1, 6, 6, 64), normal(3, 3, 64, 64))
_positive = arguments(uniform(0, 1, 1, 6, 6, 64), uniform(0, 1, 3, 3, 64, 64))
_images_domain = "3 × 3 × 64 terms"


def _conv2d(x, k):
    (image,), (rows, columns, inputs, _) = x, _shape(k)
    height, width = len(image) - rows + 1, len(image[0]) - columns + 1

    def patch(i, j):
        return [v for a, b in product(range(rows), range(columns)) for v in image[i + a][j + b]]

    patches = [patch(i, j) for i, j in product(range(height), range(width))]
    return matmul(patches, [k[a][b][c] for a, b, c in product(range(rows), range(columns), range(inputs))])


def _conv2d_vjp(x, k, cotangent):
    (image,), (y_bar,) = x, cotangent
    (rows, columns, _, outputs), (places_down, places_right, _) = _shape(k), _shape(y_bar)

    def x_bar(u, v, c):
        reached = [(a, b) for a, b in product(range(rows), range(columns)) if 0 <= u - a < places_down]
        reached = [(a, b) for a, b in reached if 0 <= v - b < places_right]
        return total(y_bar[u - a][v - b][o] * k[a][b][c][o] for a, b in reached for o in range(outputs))

    def k_bar(a, b, c, o):
        places = product(range(places_down), range(places_right))
        return total(image[i + a][j + b][c] * y_bar[i][j][o] for i, j in places)

    return [
        [x_bar(*at) for at in product(*map(range, _shape(image)))],
        [k_bar(*at) for at in product(*map(range, _shape(k)))],
    ]


def _avg_pool(x):
    (image,) = x
    height, width, channels = _shape(image)
    window = list(product(range(3), range(3)))
    places = product(range(height - 2), range(width - 2), range(channels))
    return [total(image[i + a][j + b][c] / 9 for a, b in window) for i, j, c in places]


def _avg_pool_vjp(x, cotangent):
    (image,), (y_bar,) = x, cotangent
    (height, width, channels), (down, right, _) = _shape(image), _shape(y_bar)

    def x_bar(u, v, c):
        rows, columns = range(max(u - 2, 0), min(u + 1, down)), range(max(v - 2, 0), min(v + 1, right))
        return total(y_bar[i][j][c] / 9 for i, j in product(rows, columns))

    return [x_bar(*at) for at in product(range(height), range(width), range(channels))]


def _max_pool(x):
    (image,) = x
    height, width, channels = _shape(image)
    places = product(range(0, height, 2), range(0, width, 2), range(channels))
    return [max(image[i + a][j + b][c] for a, b in product(range(2), range(2))) for i, j, c in places]


def _max_pool_vjp(x, cotangent):
    (image,), (y_bar,) = x, cotangent

    def x_bar(u, v, c):
        i, j = u // 2, v // 2
        largest = max(image[2 * i + a][2 * j + b][c] for a, b in product(range(2), range(2)))
        return y_bar[i][j][c] if image[u][v][c] == largest else arb(0)

    return [x_bar(*at) for at in product(*map(range, _shape(image)))]


def _shape(nested):
    return (len(nested), *_shape(nested[0])) if isinstance(nested, list) else ()


def _attend(query, key):
    """The weights, and for each query how much more than eps an error of its scores can be."""
    root = arb(len(query[0])).sqrt()
    scores = [[(s / root, t / root) for s, t in row] for row in matmul(query, transposed(key))]
    return [softmax([s for s, _ in row]) for row in scores], [1 + 2 * max(t for _, t in row) for row in scores]


def _attention_weights(query, key):
    weights, growth = _attend(query, key)
    return [[(p, p * g) for p in row] for row, g in zip(weights, growth, strict=True)]


def _attention(query, key, value):
    weights, growth = _attend(query, key)
    return [[(o, size * g) for o, size in row] for row, g in zip(matmul(weights, value), growth, strict=True)]


def _through_scores(query, key, weights_bar):
    """Cotangents of queries and keys from those of the weights, which come with their sizes."""
    weights, growth = _attend(query, key)
    root = arb(len(query[0])).sqrt()
    values, sizes = [], []
    for p, bar, g in zip(weights, weights_bar, growth, strict=True):
        inner, inner_size = (sum(w * b[k] for w, b in zip(p, bar, strict=True)) for k in range(2))
        values.append([w * (b - inner) / root for w, (b, _) in zip(p, bar, strict=True)])
        sizes.append([w * (size + inner_size) * g / root for w, (_, size) in zip(p, bar, strict=True)])

    def through(values, sizes, other):
        exact, bound = matmul(values, other), matmul(sizes, other)
        return [[(v, b) for (v, _), (_, b) in zip(*rows, strict=True)] for rows in zip(exact, bound, strict=True)]

    return [through(values, sizes, key), through(transposed(values), transposed(sizes), query)]


def _attention_weights_vjp(query, key, cotangent):
    return _through_scores(query, key, [[(b, abs(b)) for b in row] for row in cotangent])


def _attention_vjp(query, key, value, cotangent):
    weights, growth = _attend(query, key)
    grown = [[p * g for p in row] for row, g in zip(weights, growth, strict=True)]
    exact, bound = matmul(transposed(weights), cotangent), matmul(transposed(grown), cotangent)
    value_bar = [[(v, b) for (v, _), (_, b) in zip(*rows, strict=True)] for rows in zip(exact, bound, strict=True)]
    return [*_through_scores(query, key, matmul(cotangent, transposed(value))), value_bar]


def _tokens(spread, *shapes):
    first, *others = shapes
    return arguments(normal(*first, spread=spread), *(normal(*shape) for shape in others))


_query, _key, _value, _result, _table = (6, 16), (10, 16), (10, 4), (6, 4), (6, 10)
_tokens_domain = "6 queries, 10 keys of 16 entries"

ROWS = [
    Sum("nn.conv2d", nn.conv2d, _conv2d, _images, f"{_images_domain} of either sign", samples=5),
    Sum("nn.conv2d, positive", nn.conv2d, _conv2d, _positive, f"{_images_domain} from 0 to 1", samples=5),
    Sum(
        "nn.conv2d_vjp",
        nn.conv2d_vjp,
        _conv2d_vjp,
        arguments(normal(1, 12, 12, 3), normal(3, 3, 3, 8), normal(1, 10, 10, 8)),
        "72 or 100 terms of either sign",
        samples=5,
    ),
    Sum(
        "nn.avg_pool",
        partial(nn.avg_pool, window=3, stride=1),
        _avg_pool,
        arguments(normal(1, 9, 9, 4)),
        "3 × 3 terms of either sign",
    ),
    Sum(
        "nn.avg_pool_vjp",
        partial(nn.avg_pool_vjp, window=3, stride=1),
        _avg_pool_vjp,
        arguments(normal(1, 9, 9, 4), normal(1, 7, 7, 4)),
        "1 to 9 terms of either sign",
    ),
    Row("nn.max_pool", nn.max_pool, _max_pool, arguments(normal(1, 8, 8, 4)), "2 × 2 numbers", goal=0, samples=20),
    Row(
        "nn.max_pool_vjp",
        nn.max_pool_vjp,
        _max_pool_vjp,
        arguments(normal(1, 8, 8, 4), normal(1, 4, 4, 4)),
        "2 × 2 numbers, no two alike",
        goal=0,
        samples=20,
    ),
    Sum(
        "nn.attention_weights",
        nn.attention_weights,
        _attention_weights,
        _tokens(1, _query, _key),
        _tokens_domain,
    ),
    Sum(
        "nn.attention_weights, sharp",
        nn.attention_weights,
        _attention_weights,
        _tokens(10, _query, _key),
        f"{_tokens_domain}, scores to ±30",
    ),
    Sum(
        "nn.attention_weights_vjp",
        nn.attention_weights_vjp,
        _attention_weights_vjp,
        _tokens(1, _query, _key, _table),
        _tokens_domain,
    ),
    Sum(
        "nn.scaled_dot_product_attention",
        nn.scaled_dot_product_attention,
        _attention,
        _tokens(1, _query, _key, _value),
        _tokens_domain,
    ),
    Sum(
        "nn.scaled_dot_product_attention, sharp",
        nn.scaled_dot_product_attention,
        _attention,
        _tokens(10, _query, _key, _value),
        f"{_tokens_domain}, scores to ±30",
    ),
    Sum(
        "nn.scaled_dot_product_attention, positive",
        nn.scaled_dot_product_attention,
        _attention,
        arguments(uniform(0, 1, 4, 16), uniform(0, 1, 1000, 16), uniform(0, 1, 1000, 4)),
        "4 queries, 1000 keys, all from 0 to 1",
        samples=5,
    ),
    Sum(
        "nn.scaled_dot_product_attention_vjp",
        nn.scaled_dot_product_attention_vjp,
        _attention_vjp,
        _tokens(1, _query, _key, _value, _result),
        _tokens_domain,
    ),
]
