extension SecureChannel {
    /// Queues a message. The sender keeps it below the limits: see `LeasedImage.wireProblem` and `Lease.encodedBytes`.
    public mutating func send(_ message: some WireMessage, isOptional: Bool = false) {
        send(type: message.wireType, isOptional: isOptional, payload: message.wirePayload)
    }

    /// Absorbs bytes and decodes what is whole. Messages of types that are not known are left out where their frames
    /// may be skipped.
    public mutating func receive<Message: WireMessage>(
        _ bytes: UnsafeRawBufferPointer, as _: Message.Type
    ) throws(ProtocolError) -> [Message] {
        var messages: [Message] = []
        for frame in try receive(bytes) {
            do {
                if let message = try frame.message(as: Message.self) { messages.append(message) }
            } catch {
                end(with: error)
                throw error
            }
        }
        return messages
    }

    public mutating func receive<Message: WireMessage>(
        _ bytes: [UInt8], as type: Message.Type
    ) throws(ProtocolError) -> [Message] {
        let result = bytes.withUnsafeBytes { buffer -> Result<[Message], ProtocolError> in
            do throws(ProtocolError) { return .success(try receive(buffer, as: type)) } catch { return .failure(error) }
        }
        return try result.get()
    }
}
