import Foundation
import Testing

@testable import UnfoldCommand

/// What passes with very long windows take from the system, each measured in a process of its own.
@Suite struct PassMemoryTests {
  /// Tensors, and nothing that grows with outputs times taps: tables of these took 190 and 258 MB.
  @Test(
    arguments: [
      (.maximumPooling, "FWD_D", "mb1ic1ih1iw4001oh1ow4001kh1kw4001ph0pw2000"),
      (.maximumPooling, "BWD_D", "mb1ic1ih1iw4001oh1ow4001kh1kw4001ph0pw2000"),
      (.maximumPooling, "FWD_D", "mb1ic1ih4096oh1kh4096ph0"),
      (.convolution, "FWD_D", "g2mb1ic2ih1iw4001oc2oh1ow4001kh1kw4001ph0pw2000"),
      (.convolution, "BWD_D", "g2mb1ic2ih1iw4001oc2oh1ow4001kh1kw4001ph0pw2000"),
      (.convolution, "BWD_W", "g2mb1ic2ih1iw4001oc2oh1ow4001kh1kw4001ph0pw2000"),
    ] as [(BenchOperation, String, String)])
  func longWindowsTakeNoTables(_ operation: BenchOperation, _ direction: String, _ shape: String) throws {
    let request = BenchRequest(
      operation: operation.rawValue, direction: direction, shape: shape, threads: 1, seconds: 0, memory: true)
    let process = Process()
    process.executableURL = try Executable().url
    process.arguments = ["bench", "--requests"]
    let (input, output) = (Pipe(), Pipe())
    (process.standardInput, process.standardOutput) = (input, output)
    try process.run()
    try input.fileHandleForWriting.write(contentsOf: JSONEncoder().encode(request) + Data("\n".utf8))
    try input.fileHandleForWriting.close()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    let answer = try JSONDecoder().decode(BenchAnswer.self, from: data)
    let memory = try #require(answer.memory, "\(answer.error ?? "no measurement")")
    // The stacks and the allocator's own pages besides.
    let extra = memory.peak - memory.before - memory.tensors
    #expect(extra < 16 << 20, "\(operation) \(direction) \(shape): \(extra) bytes")
  }
}
