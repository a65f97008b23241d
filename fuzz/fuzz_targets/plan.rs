//! The fuzzer's bytes in, what both sides will do out: a byte for the operation, one for the conduct of both sides, four for
//! the sizes of pieces, and the rest is what the peer sends.

/// The head of an answer that gives the connection up.
const UPGRADED: &str = "HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n";
/// The same for a websocket. The peer puts in what the request's key asks for.
const WEBSOCKET: &str = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: {accept}\r\n\r\n";

/// What both sides do.
pub struct Plan {
    pub road: Road,
    pub conduct: Conduct,
    /// The peer is gone as soon as it has sent all, and does not read what the client sends.
    pub abrupt: bool,
    /// The peer sends nothing after the head before stdin is closed, like a process that sorts.
    pub patient: bool,
    /// What the peer sends, head included.
    pub answer: Vec<u8>,
    /// The sizes of the first pieces of it; the rest is one more.
    pub pieces: [usize; 4],
    /// What the client sends.
    pub stdin: Vec<u8>,
    /// The most bytes of a line.
    pub line: usize,
}

/// What the engine is asked for.
#[derive(Clone, Copy, PartialEq)]
pub enum Road {
    Attach,
    AttachTerminal,
    Exec,
    ExecTerminal,
    Websocket,
}

/// What the client does with its connection.
#[derive(Clone, Copy, PartialEq)]
pub enum Conduct {
    ReadOnly,
    CloseRead,
    WriteReadClose,
    WriteCloseRead,
    ReadWriteClose,
    /// Writes, closes, reads lines.
    Lines,
    /// Writes, closes and reads bytes as they are, without splitting the connection.
    Undecoded,
    /// Reads one piece and drops everything.
    Leave,
}

impl Plan {
    /// `None` if the input is too short to say all.
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
            // More than goes into one frame of a websocket, less than an unread socket takes.
            stdin: b"what a process reads\n".repeat(usize::from(lines_of_stdin).pow(2) / 16),
            line: line.into(),
        })
    }

    /// What follows the head, if that is as it should be.
    pub fn stream(&self) -> Option<&[u8]> {
        self.answer.strip_prefix(head(self.road).as_bytes())
    }
}

impl Conduct {
    /// Whether stdin is closed before anything is read.
    pub fn closes_first(self) -> bool {
        matches!(self, Conduct::CloseRead | Conduct::WriteCloseRead | Conduct::Lines | Conduct::Undecoded)
    }
}

fn head(road: Road) -> &'static str {
    if road == Road::Websocket { WEBSOCKET } else { UPGRADED }
}
