import Foundation
import Testing

@testable import UnfoldTensorBoard

struct EventFileTests {
  @Test("the name has the time, the host, the process and a number")
  func name() throws {
    let folder = try TemporaryFolder()
    let first = try EventFile(folder: "\(folder.path)/a/b", wallTime: 1_234_567.5)
    let second = try EventFile(folder: "\(folder.path)/a/b", wallTime: 1_234_567.5)
    let start = "\(folder.path)/a/b/events.out.tfevents.0001234567."
    #expect(first.path.hasPrefix(start))
    #expect(first.path.contains(".\(getpid())."))
    #expect(first.path != second.path)
  }

  @Test("the first record has the version, byte by byte")
  func firstRecord() throws {
    let folder = try TemporaryFolder()
    let events = try EventFile(folder: folder.path, wallTime: 2)
    // wall_time = 2, file_version = "brain.Event:2".
    let data: [UInt8] = [0x09, 0, 0, 0, 0, 0, 0, 0, 0x40, 0x1a, 13] + Array("brain.Event:2".utf8)
    // The masked checksums are those that TensorBoard 2.21.0 computes.
    let expected: [UInt8] = [24, 0, 0, 0, 0, 0, 0, 0] + [0xa3, 0x7f, 0x4b, 0x22] + data + [0xff, 0x2e, 0xe0, 0xe7]
    #expect(try bytes(events.path) == expected)
  }

  @Test("a scalar's event, byte by byte")
  func scalar() throws {
    let folder = try TemporaryFolder()
    let events = try EventFile(folder: folder.path, wallTime: 2)
    let before = try bytes(events.path).count
    try events.scalar("a", 1.5, step: 3, wallTime: 2)
    #expect(try bytes(events.path).count == before, "events are kept until they are flushed")
    try events.flush()
    let record = try bytes(events.path)[before...]
    let data: [UInt8] =
      [0x09, 0, 0, 0, 0, 0, 0, 0, 0x40, 0x10, 3, 0x2a, 10, 0x0a, 8, 0x0a, 1, 0x61, 0x15, 0, 0, 0xc0, 0x3f]
    #expect(Array(record.dropFirst(12).dropLast(4)) == data)
    #expect(record.prefix(8).elementsEqual([23, 0, 0, 0, 0, 0, 0, 0]))
  }

  @Test("threads append whole records, and close writes them")
  func threads() throws {
    let folder = try TemporaryFolder()
    let events = try EventFile(folder: folder.path)
    DispatchQueue.concurrentPerform(iterations: 4) { thread in
      for step in 0..<1000 { try? events.scalar("thread\(thread)", Double(step), step: step) }
    }
    try events.close()
    try events.close()
    let content = try bytes(events.path)
    var place = 0
    var records = 0
    while place < content.count {
      let length = (0..<8).reduce(0) { $0 | Int(content[place + $1]) << (8 * $1) }
      let data = content[place + 12..<place + 12 + length]
      let sum = (0..<4).reduce(UInt32(0)) { $0 | UInt32(content[place + 12 + length + $1]) << UInt32(8 * $1) }
      #expect(CRC32C.masked(data) == sum)
      place += length + 16
      records += 1
    }
    #expect(records == 4001)
    #expect(throws: EventFileError.closed(path: events.path)) { try events.scalar("a", 1, step: 1) }
  }

  @Test("events are written without a flush, when they are many or the file is let go")
  func automatic() throws {
    let folder = try TemporaryFolder()
    var events: EventFile? = try EventFile(folder: folder.path)
    let path = try #require(events).path
    for step in 0..<3000 { try events?.scalar("a tag of some length", 1, step: step) }
    let early = try bytes(path).count
    #expect(early > 65_536)
    events = nil
    #expect(try bytes(path).count > early)
  }

  @Test("a full disk is an error, and nothing traps")
  func fullDisk() throws {
    let expected = EventFileError.cannotWrite(path: "/dev/full", reason: "No space left on device")
    #expect(throws: expected) { try EventFile(AppendedFile(opening: "/dev/full"), wallTime: 0) }
  }

  @Test("a folder that cannot be made is an error")
  func folders() throws {
    let folder = try TemporaryFolder()
    let file = "\(folder.path)/file"
    try Data().write(to: URL(fileURLWithPath: file))
    let expected = EventFileError.cannotCreate(path: file, reason: "expected a folder, found a file")
    #expect(throws: expected) { try EventFile(folder: file) }
    #expect(throws: expected) { try EventFile(folder: "\(file)/run") }
    #expect(throws: EventFileError.self) { try EventFile(folder: "/proc/none") }
  }

  @Test("arguments that cannot be are errors, and append nothing")
  func arguments() throws {
    let folder = try TemporaryFolder()
    let events = try EventFile(folder: folder.path)
    let before = try bytes(events.path)
    func refuses(_ body: () throws -> Void, _ name: String, _ expected: String, _ found: String) {
      #expect(throws: EventFileError.invalidArgument(name: name, expected: expected, found: found)) { try body() }
    }
    refuses({ try events.scalar("", 1, step: 0) }, "tag", "a name", "an empty text")
    refuses({ try events.text("a", "b", step: 0, wallTime: .nan) }, "wall time", "seconds since 1970", "nan")
    refuses({ try events.image("a", png: [], step: 0) }, "png", "the bytes of a PNG file", "0 bytes")
    refuses(
      { try events.image("a", png: [0xff, 0xd8, 0x0a], step: 0) }, "png", "the bytes of a PNG file", "3 bytes: ff d8 0a"
    )
    var png = SampleRun.png
    png[25] = 5
    refuses({ try events.image("a", png: png, step: 0) }, "png, colour type", "0, 2, 3, 4 or 6", "5")
    png.replaceSubrange(16..<20, with: [0, 0, 0, 0])
    refuses({ try events.image("a", png: png, step: 0) }, "png, width", "1 to 2147483647", "0")
    let node = GraphNode(name: "a", operation: "Input")
    refuses({ try events.graph([node, node]) }, "nodes", "different names", "\"a\" twice")
    refuses(
      { try events.graph([GraphNode(name: "", operation: "Input")]) }, "node", "a name and an operation",
      "the name \"\" and the operation \"Input\"")
    refuses(
      { try events.graph([node, GraphNode(name: "b", operation: "Add", inputs: ["a:1", "^a", "c"])]) },
      "inputs of \"b\"", "names of nodes", "\"c\"")
    refuses({ try events.hyperparameters(["": 1], metrics: []) }, "hyperparameter", "a name", "an empty text")
    refuses(
      { try events.hyperparameters(["rate": .number(.infinity)], metrics: []) }, "hyperparameter \"rate\"",
      "a finite number", "inf")
    refuses({ try events.hyperparameters([:], metrics: ["a", "a"]) }, "metrics", "different tags", "a, a")
    refuses({ try events.hyperparameters([:], metrics: [""]) }, "metric", "a tag", "an empty text")
    try events.flush()
    #expect(try bytes(events.path) == before)
  }
}
