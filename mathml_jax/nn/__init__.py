"""Activations, losses, layers: the parts of a neural network."""

from mathml_jax.nn.activations import softmax as softmax
from mathml_jax.nn.activations import softmax_jacobian as softmax_jacobian
