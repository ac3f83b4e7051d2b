import Unfold

/// A small network in the style of Simonyan and Zisserman 2015: pairs of 3x3 convolutions between poolings. About 1.9
/// million parameters for images of 28 x 28 pixels and 10 classes.
///
/// ```
/// [28, 28, 1] -2 conv 3x3-> [28, 28, 64] -pool-> [14, 14, 64] -2 conv 3x3-> [14, 14, 128] -pool-> [7, 7, 128] -> 256 -> 10
/// ```
public func vgg<Scalar: TensorScalar>(classes: Int) -> [LayerDescription<Scalar>] {
  [
    .convolution(filters: 64, window: 3, padding: .same, activation: .relu),
    .convolution(filters: 64, window: 3, padding: .same, activation: .relu),
    .maximumPooling(window: 2),
    .convolution(filters: 128, window: 3, padding: .same, activation: .relu),
    .convolution(filters: 128, window: 3, padding: .same, activation: .relu),
    .maximumPooling(window: 2),
    .flatten,
    .dense(256, activation: .relu),
    .dense(classes, initializer: .glorotUniform),
  ]
}
