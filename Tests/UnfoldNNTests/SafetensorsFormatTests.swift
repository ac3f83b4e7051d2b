import Testing
import Unfold

@testable import UnfoldNN

/// What the format allows and what it forbids, by its specification and its own reader
/// (<https://github.com/huggingface/safetensors>).
@Suite struct SafetensorsFormatTests {
  private let f32 = #"{"dtype":"F32","shape":[1],"data_offsets":[0,4]}"#
  private let one: [UInt8] = [0, 0, 0x80, 0x3f]

  /// A file of a header of any bytes.
  private func file(_ header: [UInt8], data: [UInt8]) throws -> SafetensorsFile {
    let length = (0..<8).map { UInt8(truncatingIfNeeded: header.count >> (8 * $0)) }
    return try SafetensorsFile(bytes: length + header + data)
  }

  /// Type, the bits of an element.
  @Test(arguments: [
    ("F8_E4M3", 8), ("F8_E5M2", 8), ("F8_E8M0", 8), ("F8_E4M3FNUZ", 8), ("F8_E5M2FNUZ", 8), ("F6_E2M3", 6),
    ("F6_E3M2", 6), ("F4", 4), ("C64", 64), ("I64", 64), ("U64", 64), ("U16", 16),
    ("BOOL", 8),
  ])
  func aTensorOfAnotherTypeHindersNoOther(type: String, bits: Int) throws {
    let bytes = 4 * bits / 8
    let header =
      #"{"a":{"dtype":"\#(type)","shape":[2,2],"data_offsets":[0,\#(bytes)]},"#
      + #""b":{"dtype":"F32","shape":[1],"data_offsets":[\#(bytes),\#(bytes + 4)]}}"#
    let file = try file(Array(header.utf8), data: [UInt8](repeating: 7, count: bytes) + one)
    #expect(file.names == ["a", "b"])
    #expect(file.shape(of: "a") == [2, 2])
    #expect(try file.tensor("b").elements == [Float(1)])
    #expect(throws: ModelFileError.wrongType(tensor: "a", expected: "F32 or F16 or BF16", found: type)) {
      try file.tensor("a", of: Float.self)
    }
    // As many bytes as the type needs, neither more nor fewer.
    let short = header.replacing("[2,2]", with: "[2,1]")
    #expect(throws: ModelFileError.self, "\(type)") {
      try self.file(Array(short.utf8), data: [UInt8](repeating: 7, count: bytes) + one)
    }
  }

  /// IEEE 754: 1, -2, the smallest number, the largest; the bits by hand.
  @Test func shorterNumbersAreWidened() throws {
    let header = #"{"a":{"dtype":"TYPE","shape":[4],"data_offsets":[0,8]}}"#
    let half: [UInt8] = [0x00, 0x3c, 0x00, 0xc0, 0x01, 0x00, 0xff, 0x7b]
    let ofHalf = try file(Array(header.replacing("TYPE", with: "F16").utf8), data: half)
    #expect(try ofHalf.tensor("a", of: Float.self).elements == [1, -2, 0x1p-24, 65504])
    #expect(try ofHalf.tensor("a", of: Double.self).elements == [1, -2, 0x1p-24, 65504])
    let brain: [UInt8] = [0x80, 0x3f, 0x00, 0xc0, 0x01, 0x00, 0x7f, 0x7f]
    let ofBrain = try file(Array(header.replacing("TYPE", with: "BF16").utf8), data: brain)
    let expected = [1, -2, 0x1p-133, 0x1.fep127]
    #expect(try ofBrain.tensor("a", of: Float.self).elements == expected.map { Float($0) })
    #expect(try ofBrain.tensor("a", of: Double.self).elements == expected)
    let single = try file(Array(#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#.utf8), data: one)
    #expect(try single.tensor("a", of: Double.self).elements == [1])
    // An infinity is none of the numbers that weights may be, in any type.
    let infinite = try file(Array(header.replacing("TYPE", with: "F16").utf8), data: [0, 0, 0, 0x7c, 0, 0, 0, 0])
    #expect(throws: ModelFileError.nonFiniteValue(tensor: "a", index: 1)) { try infinite.tensor("a", of: Float.self) }
  }

  @Test func aTypeThatIsNotKnownYetHindersNoOther() throws {
    let header =
      #"{"b":{"dtype":"F32","shape":[1],"data_offsets":[5,9]},"#
      + #""a":{"dtype":"F3_E1M1","shape":[13],"data_offsets":[0,5]}}"#
    let file = try file(Array(header.utf8), data: [1, 2, 3, 4, 5] + one)
    #expect(try file.tensor("b").elements == [Float(1)])
    #expect(throws: ModelFileError.wrongType(tensor: "a", expected: "F64 or F32 or F16 or BF16", found: "F3_E1M1")) {
      try file.tensor("a", of: Double.self)
    }
    // An element has one bit at least; what no file has room for is not taken for a shape.
    for extents in ["41", "9223372036854775807", "9223372036854775807,2", "4611686018427387904,4,1"] {
      let huge = header.replacing("[13]", with: "[\(extents)]")
      #expect(throws: ModelFileError.self, "\(extents)") {
        try self.file(Array(huge.utf8), data: [1, 2, 3, 4, 5] + one)
      }
    }
  }

  @Test func halfABytesIsNoTensor() throws {
    let header = #"{"a":{"dtype":"F4","shape":[3],"data_offsets":[0,2]}}"#
    #expect(
      throws: ModelFileError.invalidOffsets(
        tensor: "a", reason: "expected whole bytes of F4, found 12 bits for shape [3]")
    ) { try file(Array(header.utf8), data: [0, 0]) }
  }

  @Test func whatTheFormatAllowsIsRead() throws {
    let entry = f32
    for header in [
      #"{"a":\#(entry)}"#, #"{"a":\#(entry)}      "#, "{\n\t\"a\" :\r\n \(entry) }\n",
      #"{"__metadata__":{},"a":\#(entry)}"#, #"{"\u0061":\#(entry)}"#,
      // What it does not know the format's own reader ignores.
      #"{"a":{"x":[1,-2.5e-3,{"y":null,"z":[true,false,"\ud83d\ude00"]}],"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#,
      #"{"a":{"data_offsets":[0 , 4],"shape":[ 1 ],"dtype":"F32"}}"#,
    ] {
      #expect(try file(Array(header.utf8), data: one).tensor("a").elements == [Float(1)], "\(header)")
    }
    #expect(try file(Array("{}".utf8), data: []).names.isEmpty)
    let zero = #"{"a":{"dtype":"F32","shape":[9223372036854775807,0,4],"data_offsets":[0,0]}}"#
    #expect(try file(Array(zero.utf8), data: []).tensor("a", of: Float.self).count == 0)
  }

  @Test func whatTheFormatForbidsIsRefused() throws {
    let entry = f32
    let fields = #""dtype":"F32","shape":[1],"data_offsets":[0,4]"#
    let deep = String(repeating: "[", count: 100_000)
    for header in [
      // Names that come twice, at every level, also written in another way.
      #"{"a":\#(entry),"a":\#(entry)}"#, #"{"a":\#(entry),"\u0061":\#(entry)}"#,
      #"{"a":{"dtype":"F32",\#(fields)}}"#, #"{"a":{\#(fields),"shape":[1]}}"#,
      #"{"__metadata__":{"x":"1","x":"2"},"a":\#(entry)}"#,
      #"{"__metadata__":{},"__metadata__":{},"a":\#(entry)}"#,
      // Numbers that are no extents.
      #"{"a":{"dtype":"F32","shape":[1.0],"data_offsets":[0,4]}}"#,
      #"{"a":{"dtype":"F32","shape":[1e0],"data_offsets":[0,4]}}"#,
      #"{"a":{"dtype":"F32","shape":[01],"data_offsets":[0,4]}}"#,
      #"{"a":{"dtype":"F32","shape":[+1],"data_offsets":[0,4]}}"#,
      #"{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}"#,
      #"{"a":{"dtype":"F32","shape":["1"],"data_offsets":[0,4]}}"#,
      #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[-0,4]}}"#,
      #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4.0]}}"#,
      #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,99999999999999999999]}}"#,
      #"{"a":{"dtype":"F32","shape":[true],"data_offsets":[0,4]}}"#,
      #"{"a":{"dtype":"F32","shape":null,"data_offsets":[0,4]}}"#,
      #"{"a":{"dtype":["F32"],"shape":[1],"data_offsets":[0,4]}}"#,
      #"{"a":{"dtype":"F32","shape":[1]}}"#, #"{"a":{"shape":[1],"data_offsets":[0,4]}}"#,
      // Commas, brackets, quotes and comments that JSON does not have.
      #"{"a":\#(entry),}"#, #"{"a":{\#(fields),}}"#, #"{"a":{"dtype":"F32","shape":[1,],"data_offsets":[0,4]}}"#,
      #"{,"a":\#(entry)}"#, #"{"a":{"dtype":"F32","shape":[,1],"data_offsets":[0,4]}}"#, #"{"a" \#(entry)}"#,
      "{'a':\(entry)}", #"{a:\#(entry)}"#, #"{"a":\#(entry)/* */}"#, #"{"a":\#(entry)"#, #"{"a":\#(entry)]"#,
      #"{"a":\#(entry)}}"#, #"{"a":\#(entry)}{}"#, "{\"a\":\(entry)}\0\0", #"{"a":\#(entry)}x"#,
      // Strings.
      "{\"a\u{1}\":\(entry)}", "{\"a\n\":\(entry)}", #"{"\x":\#(entry)}"#, #"{"\u12g4":\#(entry)}"#,
      #"{"\ud83d":\#(entry)}"#, #"{"\ude00\ud83d":\#(entry)}"#, #"{"\ud83dx":\#(entry)}"#, #"{"a"#, #"{"\u00"#,
      #"{"\ud83d\u"#,
      // Metadata that is no text.
      #"{"__metadata__":{"x":1},"a":\#(entry)}"#, #"{"__metadata__":[],"a":\#(entry)}"#,
      #"{"__metadata__":{"x":null},"a":\#(entry)}"#, #"{"__metadata__":"x","a":\#(entry)}"#,
      // Deeply nested lists end neither the reader nor its stack.
      #"{"a":{"x":\#(deep),\#(fields)}}"#, #"{"a":{"x":nul,\#(fields)}}"#, #"{"a":{"x":1.,\#(fields)}}"#,
    ] {
      #expect(throws: ModelFileError.self, "\(header.prefix(90))") { try file(Array(header.utf8), data: one) }
    }
  }

  @Test func aHeaderIsUTF8() throws {
    let header = #"{"a":\#(f32)}"#
    let words = Array(header.utf16)
    let encodings: [(String, [UInt8])] = [
      ("UTF-16LE", words.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }),
      ("UTF-16BE", words.flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] }),
      ("UTF-32LE", words.flatMap { [UInt8($0 & 255), UInt8($0 >> 8), 0, 0] }),
      ("UTF-32BE", words.flatMap { [0, 0, UInt8($0 >> 8), UInt8($0 & 255)] }),
      ("byte order mark", [0xef, 0xbb, 0xbf] + Array(header.utf8)),
      ("a byte alone", Array(header.replacing("\"a\"", with: "\"?\"").utf8).map { $0 == 0x3f ? 0xe9 : $0 }),
      ("an overlong zero", Array(header.utf8.prefix(2)) + [0xc0, 0x80] + Array(header.utf8.dropFirst(3))),
      ("a surrogate", Array(header.utf8.prefix(2)) + [0xed, 0xa0, 0x80] + Array(header.utf8.dropFirst(3))),
    ]
    for (name, bytes) in encodings {
      #expect(throws: ModelFileError.self, "\(name)") { try file(bytes, data: one) }
    }
  }

  @Test func namesAreWhatTheirBytesAre() throws {
    let (composed, decomposed) = ("caf\u{e9}", "cafe\u{301}")
    try #require(composed == decomposed)
    var file = SafetensorsFile()
    try file.append(decomposed, Tensor<Float>([1], shape: [1]))
    try file.append(composed, Tensor<Float>([2], shape: [1]))
    let read = try SafetensorsFile(bytes: file.bytes())
    #expect(read.names.count == 2)
    #expect(try read.tensor(decomposed).elements == [Float(1)])
    #expect(try read.tensor(composed).elements == [Float(2)])
    #expect(read.shape(of: "cafe") == nil)

    // A network that has one of them does not take the other, nor both.
    var generator = SeededGenerator(seed: 1)
    let graph = try Graph(input: [2]) { x in try x.dense(1, hasBias: false, name: composed) }
    let network = try Network<Float>(graph, using: &generator)
    var other = SafetensorsFile()
    try other.append(decomposed + ".weight", Tensor<Float>([1, 2], shape: [1, 2]))
    #expect(throws: ModelFileError.self) { try network.load(other) }
    try other.append(composed + ".weight", Tensor<Float>([3, 4], shape: [1, 2]))
    #expect(throws: ModelFileError.self) { try network.load(other) }

    // Metadata are a dictionary of strings, in which two such names would be one: refused, and not lost.
    let texts = "{\"__metadata__\":{\"\(composed)\":\"1\",\"\(decomposed)\":\"2\"}}"
    #expect(throws: ModelFileError.self) { try self.file(Array(texts.utf8), data: []) }
  }

  @Test func anyNameAndTextComesBack() throws {
    let texts = ["", " ", "\"\\/\u{8}\u{c}\n\r\t\0\u{1f}\u{7f}", "é\u{301}\u{2028}😀", "__metadata__x", "ﬁ\u{feff}"]
    var file = SafetensorsFile()
    for (index, text) in texts.enumerated() {
      file.metadata["\(text)key"] = text
      try file.append(text, Tensor<Float>([Float(index)], shape: [1]))
    }
    let read = try SafetensorsFile(bytes: file.bytes())
    #expect(read.metadata == file.metadata)
    #expect(Set(read.names.map { Array($0.utf8) }) == Set(texts.map { Array($0.utf8) }))
    for (index, text) in texts.enumerated() { #expect(try read.tensor(text).elements == [Float(index)], "\(text)") }
  }
}
