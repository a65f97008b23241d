//! The fuzzer's bytes in, a plan for both sides out: a byte for the operation, one for the conduct of both sides, four
//! for the sizes of pieces, and the rest for the peer to send.

/// The head of an answer that upgrades the connection.
const UPGRADED: &str = "HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n";
/// The head of an answer that opens a websocket. The peer inserts the answer to the request's key.
const WEBSOCKET: &str = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: {accept}\r\n\r\n";

/// The actions of both sides.
pub struct Plan {
    pub road: Road,
    pub conduct: Conduct,
    /// The peer closes as soon as it has sent everything, and does not read.
    pub abrupt: bool,
    /// The peer sends nothing after the head before stdin is closed, like a process that sorts.
    pub patient: bool,
    /// The bytes that the peer sends, with the head.
    pub answer: Vec<u8>,
    /// The sizes of its first pieces; the rest is one more.
    pub pieces: [usize; 4],
    /// The bytes that the client sends.
    pub stdin: Vec<u8>,
    /// The most bytes of a line.
    pub line: usize,
}

/// The operation that is called.
#[derive(Clone, Copy, PartialEq)]
pub enum Road {
    Attach,
    AttachTerminal,
    Exec,
    ExecTerminal,
    Websocket,
}

/// The client's use of its connection.
#[derive(Clone, Copy, PartialEq)]
pub enum Conduct {
    ReadOnly,
    CloseRead,
    WriteReadClose,
    WriteCloseRead,
    ReadWriteClose,
    /// Writes, closes, reads lines.
    Lines,
    /// Writes, closes and reads raw bytes, without splitting the connection.
    Undecoded,
    /// Reads one piece and drops everything.
    Leave,
}

impl Plan {
    /// Reads a plan; `None` if the input is too short.
    pub fn read(input: &[u8]) -> Option<Plan> {
        let ([road, conduct, pieces @ ..], sent) = input.split_first_chunk::<6>()?;
        const ROADS: [Road; 5] = [Road::Attach, Road::AttachTerminal, Road::Exec, Road::ExecTerminal, Road::Websocket];
        const CONDUCTS: [Conduct; 8] = [
            Conduct::ReadOnly,
            Conduct::CloseRead,
            Conduct::WriteReadClose,
            Conduct::WriteCloseRead,
            Conduct::ReadWriteClose,
            Conduct::Lines,
            Conduct::Undecoded,
            Conduct::Leave,
        ];
        let road = ROADS[usize::from(*road) % ROADS.len()];
        let head = if conduct & 8 == 0 { head(road) } else { "" };
        let abrupt = conduct & 16 != 0;
        let patient = conduct & 32 != 0;
        let conduct = CONDUCTS[usize::from(*conduct) % CONDUCTS.len()];
        let [.., line, lines_of_stdin] = *pieces;
        Some(Plan {
            road,
            conduct,
            abrupt,
            patient: patient && !head.is_empty() && conduct.closes_first(),
            answer: [head.as_bytes(), sent].concat(),
            pieces: pieces.map(usize::from),
            // More than fits one frame of a websocket, less than an unread socket accepts.
            stdin: b"what a process reads\n".repeat(usize::from(lines_of_stdin).pow(2) / 16),
            line: line.into(),
        })
    }

    /// The bytes after the head, if the head is valid.
    pub fn stream(&self) -> Option<&[u8]> {
        self.answer.strip_prefix(head(self.road).as_bytes())
    }
}

impl Conduct {
    /// Returns true if stdin is closed before anything is read.
    pub fn closes_first(self) -> bool {
        matches!(self, Conduct::CloseRead | Conduct::WriteCloseRead | Conduct::Lines | Conduct::Undecoded)
    }
}

fn head(road: Road) -> &'static str {
    if road == Road::Websocket { WEBSOCKET } else { UPGRADED }
}
