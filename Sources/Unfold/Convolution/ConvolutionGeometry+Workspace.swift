/// A convolution's four passes.
public enum ConvolutionDirection: String, CaseIterable, Hashable, Sendable {
  /// Input, filter and bias to output (benchdnn's `FWD_B`).
  case forward
  /// Output gradient and filter to input gradient (`BWD_D`).
  case inputGradient
  /// Input and output gradient to filter gradient (`BWD_W`).
  case filterGradient
  /// Output gradient to bias gradient.
  case biasGradient
}

extension ConvolutionGeometry {
  /// The scratch memory that one pass takes from its context, in bytes. A context keeps the largest that a pass took.
  ///
  /// With e bytes an element and T threads, and every other number a function of the shapes and the kernels:
  /// ```
  /// forward          filter + bias + segment + T * (addresses + columns)
  /// input gradient   filter + C + segment + T * (addresses + columns) + stride² phases
  /// filter gradient  (slices - 1) * filter + segment + T * (output gradient of a tile + addresses + columns)
  /// bias gradient    slices * max(K, 256) * 8 + T * min(max(K, 256), 1024) * e
  /// ```
  /// with at most 16 slices, and for a bias gradient of a few channels and pixels less. A segment is the elements that one
  /// address leads to.
  /// Where one tile holds all pixels, each thread has at most 1024 rows of a panel of the filter instead of a copy of it.
  /// Up to 4 filters are copied as they are.
  /// The filter's columns are rounded up to whole vectors. Addresses take 8 bytes for each pixel of a tile and tap, and
  /// there are columns only where fewer than 16 channels of a group meet a window; a tile has at most 384 pixels. The
  /// partial sums of the slices take at most 8 MiB, and what their blocks share of the output gradient at most 4 MiB;
  /// where a slice has more than 256 tiles, each thread has a block of the filter gradient, about 512 KiB, besides. With
  /// a ``PackedFilter`` a forward pass needs no copy of the filter. Depthwise convolutions need nothing but their filter gradient's
  /// partial sums and, where channels are many, 32 KiB for each thread, of large windows at most 1 MiB; with several filters a
  /// channel each thread has 2^16 elements, or those of the rows that a window meets; groups of at most 64 channels the same, and a packed or transposed filter. The filter gradient of a pointwise convolution with few filters takes filter * e more. Where the input
  /// gradient is folded, each thread has at most 128 KiB of columns instead, and where more than 128 windows meet a pixel at
  /// most 16 MiB of sums in double precision.
  ///
  /// By Winograd's minimal filtering, with n² points and tiles as `WinogradPlan` cuts them:
  /// ```
  /// by tiles         n² * C * K * e + T * n² * (C + min(K, 128)) * tiles of a task * e
  /// by filters       n² * C * tiles * e + T * n² * (min(C, 64) + tiles) * panel * e
  /// ```
  /// and the filter gradient as `WinogradFilterGradientPlan` cuts it:
  /// ```
  /// by tiles         n² * slices * C * K * e + T * n² * (C + K) * tiles of a chunk * e
  /// by channels      n² * (C + K) * tiles of a chunk * e + n² * C * K * e, the latter T times for a block of C if there is
  ///                  one chunk
  /// ```
  /// with at most 20 MiB for the sums of at most 8 slices, and chunks of at most 6 MiB (by tiles) or 10 MiB, or 16 tiles;
  /// and addresses of 8 bytes for each pixel of a tile.
  ///
  /// By BLAS each thread has at most 2^19 elements of a column matrix, and a pointwise convolution none:
  /// ```
  /// forward          T * columns of a tile * e
  /// input gradient   filter + T * columns of a tile * e; of strides T * (columns of a tile * e + 8 * band)
  /// filter gradient  (slices - 1) * filter + T * (columns of a tile + block of the gradient) * e
  /// ```
  /// where the filter's copy is made for less than 192 filters a group, the band's sums in double precision where more than 128
  /// windows meet a pixel, and the block where a slice has more than 256 tiles.
  ///
  /// - Parameters:
  ///   - direction: Which pass.
  ///   - threads: T, the context's threads.
  ///   - context: The accuracy of the context, for a geometry without an ``accuracy`` of its own.
  ///   - type: The element type, of e bytes.
  /// - Complexity: O(1).
  public func workspaceBytes<Scalar: TensorScalar>(
    for direction: ConvolutionDirection, threads: Int, accuracy context: ConvolutionAccuracy = .fast,
    of type: Scalar.Type
  ) -> Int {
    switch direction {
    case .forward: ForwardMethod<Scalar>(self, context).workspaceBytes(threads: threads)
    case .inputGradient: InputGradientMethod<Scalar>(self, context).workspaceBytes(threads: threads)
    case .filterGradient: FilterGradientMethod<Scalar>(self, context).workspaceBytes(threads: threads)
    case .biasGradient: ChannelSums(of: outputShape).bytes(threads: threads, type)
    }
  }
}
