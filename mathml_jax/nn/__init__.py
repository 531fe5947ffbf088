"""Activations, losses, layers: the parts of a neural network."""

from mathml_jax.nn.activations import log_softmax as log_softmax
from mathml_jax.nn.activations import log_softmax_jacobian as log_softmax_jacobian
from mathml_jax.nn.activations import relu as relu
from mathml_jax.nn.activations import relu_derivative as relu_derivative
from mathml_jax.nn.activations import sigmoid as sigmoid
from mathml_jax.nn.activations import sigmoid_derivative as sigmoid_derivative
from mathml_jax.nn.activations import softmax as softmax
from mathml_jax.nn.activations import softmax_jacobian as softmax_jacobian
from mathml_jax.nn.attention import attention_weights as attention_weights
from mathml_jax.nn.attention import attention_weights_vjp as attention_weights_vjp
from mathml_jax.nn.attention import scaled_dot_product_attention as scaled_dot_product_attention
from mathml_jax.nn.attention import scaled_dot_product_attention_vjp as scaled_dot_product_attention_vjp
from mathml_jax.nn.convolution import conv2d as conv2d
from mathml_jax.nn.convolution import conv2d_vjp as conv2d_vjp
from mathml_jax.nn.cross_entropy import binary_cross_entropy as binary_cross_entropy
from mathml_jax.nn.cross_entropy import binary_cross_entropy_derivative as binary_cross_entropy_derivative
from mathml_jax.nn.cross_entropy import categorical_cross_entropy as categorical_cross_entropy
from mathml_jax.nn.cross_entropy import categorical_cross_entropy_gradient as categorical_cross_entropy_gradient
from mathml_jax.nn.logit_losses import sigmoid_binary_cross_entropy as sigmoid_binary_cross_entropy
from mathml_jax.nn.logit_losses import (
    sigmoid_binary_cross_entropy_derivative as sigmoid_binary_cross_entropy_derivative,
)
from mathml_jax.nn.logit_losses import softmax_cross_entropy as softmax_cross_entropy
from mathml_jax.nn.logit_losses import softmax_cross_entropy_gradient as softmax_cross_entropy_gradient
from mathml_jax.nn.logit_losses import (
    softmax_cross_entropy_with_integer_labels as softmax_cross_entropy_with_integer_labels,
)
from mathml_jax.nn.logit_losses import (
    softmax_cross_entropy_with_integer_labels_gradient as softmax_cross_entropy_with_integer_labels_gradient,
)
from mathml_jax.nn.losses import mse as mse
from mathml_jax.nn.losses import mse_gradient as mse_gradient
from mathml_jax.nn.losses import squared_error as squared_error
from mathml_jax.nn.losses import squared_error_derivative as squared_error_derivative
from mathml_jax.nn.pooling import avg_pool as avg_pool
from mathml_jax.nn.pooling import avg_pool_vjp as avg_pool_vjp
from mathml_jax.nn.pooling import max_pool as max_pool
from mathml_jax.nn.pooling import max_pool_vjp as max_pool_vjp
