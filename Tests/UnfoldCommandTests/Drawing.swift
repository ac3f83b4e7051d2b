import Foundation
import FoundationXML

/// What an XML parser makes of a drawing.
final class Drawing: NSObject, XMLParserDelegate {
  private(set) var root: String?
  private(set) var texts: [String] = []
  private var elements: [(name: String, attributes: [String: String])] = []
  private var text: String?

  struct Malformed: Error { let reason: String }

  init(_ svg: String) throws {
    super.init()
    let parser = XMLParser(data: Data(svg.utf8))
    parser.delegate = self
    guard parser.parse() else { throw Malformed(reason: "\(String(describing: parser.parserError))") }
  }

  /// The attributes of all elements of a name, in their order.
  func all(_ name: String) -> [[String: String]] { elements.filter { $0.name == name }.map(\.attributes) }
  func count(of name: String) -> Int { elements.count { $0.name == name } }
  func fills(of name: String) -> [String] { elements.filter { $0.name == name }.compactMap { $0.attributes["fill"] } }

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
    attributes: [String: String]
  ) {
    root = root ?? name
    elements.append((name, attributes))
    text = name == "text" ? "" : nil
  }

  func parser(_ parser: XMLParser, foundCharacters string: String) { text?.append(string) }

  func parser(
    _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
  ) {
    if name == "text", let text { texts.append(text) }
    text = nil
  }
}
