import Unfold

/// The convolutional network of LeCun et al. 1998 in today's form (relu, max pooling, more channels): two convolutions
/// and two dense layers. About 450,000 parameters for images of 28 x 28 pixels and 10 classes.
///
/// ```
/// [28, 28, 1] -conv 5x5-> [28, 28, 32] -pool-> [14, 14, 32] -conv 5x5-> [14, 14, 64] -pool-> [7, 7, 64] -> 128 -> 10
/// ```
public func leNet<Scalar: TensorScalar>(classes: Int) -> [LayerDescription<Scalar>] {
  [
    .convolution(filters: 32, window: 5, padding: .same, activation: .relu),
    .maximumPooling(window: 2),
    .convolution(filters: 64, window: 5, padding: .same, activation: .relu),
    .maximumPooling(window: 2),
    .flatten,
    .dense(128, activation: .relu),
    .dense(classes, initializer: .glorotUniform),
  ]
}
