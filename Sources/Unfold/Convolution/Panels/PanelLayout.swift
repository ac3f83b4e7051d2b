/// The layout of a packed right-hand matrix, as the micro-kernels read it: panels of `width` columns, each with its
/// rows one after another.
///
/// ```
///            panel 0   panel 1   panel 2
///          +---------+---------+----+
///          | ------> | ------> | -> |         The last panel is narrower where that is enough; its columns beyond
///   rows   | ------> | ------> | -> |         the matrix are zero, so that a vector can be read past them.
///          | ------> | ------> | -> |
///          +---------+---------+----+
/// ```
struct PanelLayout {
  let rows, columns: Int
  /// The width of every panel but the last.
  let width: Int
  /// The columns, including those that are padded with zeros.
  let paddedColumns: Int

  init<Scalar: TensorScalar>(rows: Int, columns: Int, of scalar: Scalar.Type) {
    self.rows = rows
    self.columns = columns
    width = Scalar._kernels.nr
    let rest = columns % width
    var last = rest == 0 ? 0 : width
    while last > Scalar._kernels.narrowestPanel, rest <= last / 2 { last /= 2 }
    paddedColumns = columns - rest + last
  }

  var panels: Int { ceilingDivision(columns, width) }
  var elements: Int { rows * paddedColumns }
  /// Whether the columns fill whole vectors.
  var hasWholeVectors: Bool { columns % (width / 2) == 0 }

  /// The columns of the matrix in panel `index`.
  @inline(__always) func columns(of index: Int) -> Range<Int> { index * width..<min((index + 1) * width, columns) }

  /// The width of panel `index`.
  @inline(__always) func width(of index: Int) -> Int { min(width, paddedColumns - index * width) }

  /// Where row `row` of panel `index` begins.
  @inline(__always) func offset(of index: Int, row: Int = 0) -> Int { index * width * rows + row * width(of: index) }
}

extension PanelLayout {
  /// The blocks of rows that one call of the micro-kernel multiplies with a panel: several where the sums are so short
  /// that the cost of a call matters.
  func blocksAtOnce(terms: Int) -> Int { terms <= 64 && columns % width == 0 ? 256 / terms : 1 }

  /// Copies rows `rows` of one panel's columns from a matrix that lies row by row.
  ///
  /// - Parameters:
  ///   - source: The matrix's first element.
  ///   - stride: The distance of two of its rows.
  ///   - target: Row `rows.lowerBound` of the panel.
  ///   - streams: Whether to use non-temporal stores, where rows are whole cache lines: for panels that all threads
  ///     read and one thread will overwrite. A line that several caches hold is slow to write.
  @inline(__always)
  func pack<Scalar: TensorScalar>(
    _ source: UnsafePointer<Scalar>, stride: Int, panel index: Int, rows: Range<Int>,
    into target: UnsafeMutablePointer<Scalar>, streams: Bool = false
  ) {
    let (columns, width) = (columns(of: index), width(of: index))
    if streams, columns.count == width, StreamedStores.areWholeLines(0..<width, of: Scalar.self),
      StreamedStores.beginsLine(target)
    {
      for row in 0..<rows.count {
        StreamedStores.copy(
          source + (rows.lowerBound + row) * stride + columns.lowerBound, to: target + row * width, count: width)
      }
      return StreamedStores.finish()
    }
    copyRows(
      target, stride: width, from: source + rows.lowerBound * stride + columns.lowerBound, stride: stride,
      rows: rows.count, count: columns.count)
    padColumns(target, columns: columns.count, width: width, rows: rows.count)
  }

  /// Copies rows `rows` of one panel's columns from a matrix that lies column by column.
  ///
  /// - Parameters:
  ///   - source: The first element of row `rows.lowerBound`, column 0.
  ///   - stride: The distance of two of its columns.
  ///   - target: Row `rows.lowerBound` of the panel.
  @inline(__always)
  func packTransposed<Scalar: TensorScalar>(
    _ source: UnsafePointer<Scalar>, stride: Int, panel index: Int, rows: Range<Int>,
    into target: UnsafeMutablePointer<Scalar>
  ) {
    let (columns, width) = (columns(of: index), width(of: index))
    transpose(
      from: source + columns.lowerBound * stride, stride: stride, rows: columns.count, columns: rows.count,
      into: target, stride: width)
    padColumns(target, columns: columns.count, width: width, rows: rows.count)
  }
}

/// Writes zeros to the columns of a panel that the matrix does not have.
@inline(__always)
private func padColumns<Scalar: TensorScalar>(
  _ panel: UnsafeMutablePointer<Scalar>, columns: Int, width: Int, rows: Int
) {
  if columns == width { return }
  for row in 0..<rows {
    for j in columns..<width { panel[row * width + j] = 0 }
  }
}
