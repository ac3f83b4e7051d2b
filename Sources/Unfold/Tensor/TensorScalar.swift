/// The element types that the engine computes with: `Float`, which is tuned, and `Double`, which judges it.
///
/// Both run the same generic code, specialised for each. The requirements are the few primitives that differ by type;
/// they are for the engine itself and not meant to be called or conformed to by others.
public protocol TensorScalar: BinaryFloatingPoint, SIMDScalar, Codable, Sendable {
  /// `C = A B + beta C`, row-major, on one thread. Use ``matrixMultiply(_:_:)`` instead, which checks its arguments.
  static func _gemm(
    transposeA: Bool, transposeB: Bool, m: Int32, n: Int32, k: Int32,
    a: UnsafePointer<Self>, lda: Int32, b: UnsafePointer<Self>, ldb: Int32,
    beta: Self, c: UnsafeMutablePointer<Self>, ldc: Int32)

  /// The Householder QR factorisation of a row-major `m x n` matrix: `matrix` becomes Q (`m x min(m, n)`), the
  /// diagonal of R goes to `diagonal`. Returns LAPACK's `info`.
  static func _qr(
    m: Int32, n: Int32, matrix: UnsafeMutablePointer<Self>, diagonal: UnsafeMutablePointer<Self>
  ) -> Int32

  /// The most rows of a block of `_product` and `_outer`.
  static var _blockRows: Int { get }
  /// The width of the panels that `_product` and `_outer` multiply with; see `PanelLayout`.
  static var _panelWidth: Int { get }
  /// The width of the narrowest last panel: `_panelWidth` halved once or twice.
  static var _narrowestPanel: Int { get }

  /// The product of a block of rows, given by their addresses, with a panel; several blocks at once with a panel of
  /// full width. On one thread:
  ///
  /// `target[i][column + j] = start[j] + sum over s < segments, k < run of source[s * stride + i][offset + k] *
  /// panel[(s * run + k) * width + j]` for i < rows, j < columns. Without `start`, the sum is added to what `target`
  /// holds. Memory from `ahead` on is prefetched at the same time: one line of ``StreamedStores/lineBytes`` for each of
  /// the `segments * run` products of each block.
  static func _product(
    _ source: UnsafePointer<UnsafePointer<Self>>, stride: Int, segments: Int, offset: Int, run: Int,
    panel: UnsafePointer<Self>, width: Int, start: UnsafePointer<Self>?,
    target: UnsafePointer<UnsafeMutablePointer<Self>>, column: Int, rows: Int, columns: Int, finish: _SumFinish,
    ahead: UnsafeRawPointer?)

  /// Adds the product of the transpose of rows, given by their addresses, with a panel to `target`; on one thread:
  ///
  /// `target[i * stride + j] += sum over t < count of source[t][offset + i] * panel[t * pitch + j]`. Memory from
  /// `ahead` on is prefetched at the same time: one line for each of the `count` products.
  static func _outer(
    _ source: UnsafePointer<UnsafePointer<Self>>, count: Int, offset: Int, panel: UnsafePointer<Self>, width: Int,
    pitch: Int, target: UnsafeMutablePointer<Self>, stride: Int, rows: Int, columns: Int, ahead: UnsafeRawPointer?)

  /// The same with `source[t * blockRows + i]` for the left-hand matrix.
  static func _gatheredOuter(
    _ source: UnsafePointer<Self>, count: Int, panel: UnsafePointer<Self>, width: Int, pitch: Int,
    target: UnsafeMutablePointer<Self>, stride: Int, rows: Int, columns: Int, ahead: UnsafeRawPointer?)

  /// `target[t * blockRows + i] = source[t][offset + i]` for a block of rows, or for two whole ones, one after the
  /// other.
  static func _gather(
    _ source: UnsafePointer<UnsafePointer<Self>>, count: Int, offset: Int, rows: Int,
    into target: UnsafeMutablePointer<Self>)

  /// Sums of at most 4 terms, on one thread:
  ///
  /// `target[i * columns + j] = start[j] + sum over k < terms of source[i * terms + k] * right[k][j]`, where `right` is
  /// in panels. The columns are whole vectors: see `PanelLayout`.
  static func _shortSums(
    _ source: UnsafePointer<Self>, terms: Int, panels: UnsafePointer<Self>, start: UnsafePointer<Self>,
    target: UnsafeMutablePointer<Self>, rows: Int, columns: Int, finish: _SumFinish)

  /// The vectors of `_dot`; its `run` is a multiple of their elements.
  static var _dotLanes: Int { get }
  /// The product of rows, given by their addresses, with at most 4 filters; on one thread:
  ///
  /// `target[i][j] = start[j] + sum over s < segments, k < run of
  /// source[s * stride + i][k] * filter[(j * segments + s) * run + k]`.
  static func _dot(
    _ source: UnsafePointer<UnsafePointer<Self>>, stride: Int, segments: Int, run: Int, filter: UnsafePointer<Self>,
    start: UnsafePointer<Self>, target: UnsafePointer<UnsafeMutablePointer<Self>>, rows: Int, columns: Int)

  /// A rectangle of pixels of a depthwise convolution, which all read the source by the same taps; on one thread:
  ///
  /// `target[pixel, c] = start[c] + sum over taps of source[pixel, tap, c] * filter[tap, c]`; without `start`, from 0.
  static func _sumTaps(
    _ rectangle: _PixelRectangle, source: UnsafePointer<Self>, filter: UnsafePointer<Self>,
    start: UnsafePointer<Self>?, target: UnsafeMutablePointer<Self>)

  /// The filter gradient of a rectangle of pixels, added to `filter`; on one thread:
  ///
  /// `filter[tap, c] += sum over pixels of source[pixel, tap, c] * target[pixel, c]`.
  static func _sumPixels(
    _ rectangle: _PixelRectangle, source: UnsafePointer<Self>, target: UnsafePointer<Self>,
    filter: UnsafeMutablePointer<Self>)

  /// The maxima of a rectangle of windows, the first of several, and the numbers of their taps, in one byte each if
  /// `isNarrow` and else in four; on one thread. A NaN is larger than any number.
  static func _takeMaxima(
    _ rectangle: _PixelRectangle, source: UnsafePointer<Self>, target: UnsafeMutablePointer<Self>,
    places: UnsafeMutableRawPointer, isNarrow: Bool)

  /// `target[pixel, c] = sum over taps of source[pixel, tap, c]`, where `places[pixel, tap, c]` is that tap; from the
  /// last tap to the first, on one thread.
  static func _routeToMaxima(
    _ rectangle: _PixelRectangle, source: UnsafePointer<Self>, places: UnsafeRawPointer, isNarrow: Bool,
    target: UnsafeMutablePointer<Self>)

  /// Transforms tiles of pixels, given by their addresses, to the Winograd domain; on one thread:
  ///
  /// `points[t * tileStride + point * stride + c] = (L X L^T)[point]` of `X[i] = pixels[t * count + i][offset + c]`; if
  /// `streams`, by non-temporal stores where vectors are whole cache lines: for values that all threads read and one
  /// thread will overwrite.
  static func _toPoints(
    _ map: _WinogradMap, _ pixels: UnsafePointer<UnsafePointer<Self>>, offset: Int, points: UnsafeMutablePointer<Self>,
    stride: Int, tileStride: Int, tiles: Int, channels: Int, streams: Bool)

  /// The inverse: `pixels[t * count + i][offset + c] = start[c] + (L X L^T)[i]`; without `start`, from 0.
  static func _fromPoints(
    _ map: _WinogradMap, _ points: UnsafePointer<Self>, stride: Int, tileStride: Int,
    pixels: UnsafePointer<UnsafeMutablePointer<Self>>, offset: Int, start: UnsafePointer<Self>?, tiles: Int,
    channels: Int, finish: _SumFinish)

  /// e to the power of `x`, written so that a loop over it vectorises.
  static func _exp(_ x: Self) -> Self
  /// e to the power of `x`, minus 1, written so that a loop over it vectorises.
  static func _expm1(_ x: Self) -> Self
  /// The natural logarithm of 1 + `x`, for `x` in [0, 1], written so that a loop over it vectorises.
  static func _log1p(_ x: Self) -> Self
  /// The natural logarithm, written so that a loop over it vectorises.
  static func _log(_ x: Self) -> Self
  /// The hyperbolic tangent, written so that a loop over it vectorises.
  static func _tanh(_ x: Self) -> Self
  /// 1 - Φ(a), the normal distribution beyond `a`, and its density e^(-a²/2) / √(2π), for `a` of at least 0, written so
  /// that a loop over it vectorises.
  static func _normalTail(_ a: Self) -> (tail: Self, density: Self)
}
