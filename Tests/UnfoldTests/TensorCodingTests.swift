import Foundation
import Testing
import Unfold

@Suite struct TensorCodingTests {
  private func decode<Value: Decodable>(_ type: Value.Type, _ text: String) throws -> Value {
    try JSONDecoder().decode(type, from: Data(text.utf8))
  }

  @Test func shapesAreCollectionsOfTheirExtents() {
    let shape: Shape = [8, 28, 27, 3]
    #expect(shape.count == 4 && shape.first == 8 && shape.last == 3)
    #expect(Array(shape) == [8, 28, 27, 3])
    #expect(shape.map { $0 + 1 } == [9, 29, 28, 4])
    #expect(Shape(shape.dropFirst().reversed()) == [3, 27, 28])
    let long = Shape(1...11)
    #expect(long.reduce(0, +) == 66 && long.lastIndex(of: 9) == 8)
    #expect(Shape([]).isEmpty)
  }

  @Test func valuesComeBack() throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let tensor = try Tensor<Double>([1, -2.5, 1e-300, 4], shape: [2, 1, 2])
    let data = try encoder.encode(tensor)
    #expect(String(decoding: data, as: UTF8.self) == #"{"elements":[1,-2.5,1e-300,4],"shape":[2,1,2]}"#)
    #expect(try JSONDecoder().decode(Tensor<Double>.self, from: data) == tensor)
    for shape: Shape in [[], [0, 3], [7], Shape(repeatElement(1, count: 10))] {
      let floats = try Tensor<Float>(shape: shape) { Float($0) / 3 }
      #expect(try JSONDecoder().decode(Tensor<Float>.self, from: encoder.encode(floats)) == floats)
      #expect(try JSONDecoder().decode(Shape.self, from: encoder.encode(shape)) == shape)
    }
  }

  @Test(arguments: [
    #"{"shape":[2,2],"elements":[1,2,3]}"#, #"{"shape":[1099511627776],"elements":[1]}"#,
    #"{"shape":[-1],"elements":[]}"#, #"{"shape":[4611686018427387904,4],"elements":[]}"#,
    #"{"shape":[2],"elements":["a","b"]}"#, #"{"elements":[]}"#, "[]", "3",
  ])
  func otherDataAreRefused(_ text: String) {
    #expect(throws: DecodingError.self) { try decode(Tensor<Float>.self, text) }
  }

  @Test(arguments: ["[-1]", "[4611686018427387904, 4]", "[1.5]", "[99999999999999999999]", "7"])
  func otherShapesAreRefused(_ text: String) {
    #expect(throws: DecodingError.self) { try decode(Shape.self, text) }
  }
}
