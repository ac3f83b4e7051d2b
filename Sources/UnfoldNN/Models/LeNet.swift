import Unfold

/// The convolutional network of LeCun et al. 1998 in today's form (relu, max pooling, more channels): two convolutions
/// and two dense layers. About 450,000 parameters for images of 28 x 28 pixels and 10 classes.
///
/// ```
/// [28, 28, 1] -conv 5x5-> [28, 28, 32] -pool-> [14, 14, 32] -conv 5x5-> [14, 14, 64] -pool-> [7, 7, 64] -> 128 -> 10
/// ```
///
/// - Throws: ``GraphError`` for images of less than 4 x 4 pixels.
public func leNet(input: Shape, classes: Int) throws(GraphError) -> Graph {
  try Graph(input: input) { x throws(GraphError) in
    try x.convolution(32, window: 5, padding: .same).relu().maximumPooling(2)
      .convolution(64, window: 5, padding: .same).relu().maximumPooling(2)
      .flatten().dense(128).relu().dense(classes, initializer: .logits)
  }
}
