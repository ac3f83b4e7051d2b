/// Writes the addresses `first`, `first + step`, `first + 2 step` and so on, `count` of them.
///
/// By vectors of eight, because an indirection buffer is written for each tile: one entry for a few dozen
/// multiplications.
@inline(__always)
func writeAddresses<Scalar>(
  _ table: UnsafeMutablePointer<UnsafePointer<Scalar>>, from first: UnsafePointer<Scalar>, step: Int, count: Int
) {
  typealias Vector = SIMD8<UInt>
  let bytes = UInt(bitPattern: step &* MemoryLayout<Scalar>.stride)
  var addresses = Vector(repeating: UInt(bitPattern: first)) &+ Vector(0, 1, 2, 3, 4, 5, 6, 7) &* bytes
  let advance = Vector(repeating: 8 &* bytes)
  let target = UnsafeMutableRawPointer(table)
  let size = MemoryLayout<UInt>.stride
  var i = 0
  while i &+ 8 <= count {
    target.storeBytes(of: addresses, toByteOffset: i &* size, as: Vector.self)
    addresses &+= advance
    i &+= 8
  }
  while i < count {
    target.storeBytes(
      of: UInt(bitPattern: first) &+ UInt(bitPattern: i) &* bytes, toByteOffset: i &* size, as: UInt.self)
    i &+= 1
  }
}
