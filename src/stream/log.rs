//! Output of processes, piece by piece: stdout and stderr told apart, or the bytes of a terminal.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use ::bytes::Bytes;
use futures_core::Stream;

use super::error::StreamError;
use super::explain::explain;
use super::frames::Frames;
use super::lines::Lines;
use super::output::{Output, Source};
use super::output_half::OutputHalf;
use crate::error::Result;
use crate::reply::Reply;

/// Output of processes: a [`Stream`] of [`Output`], in pieces as they arrive. No piece is copied, and a piece may not
/// be text.
///
/// Logs end with an error, and never silently, if the connection is lost; so does output of an attach or an exec that
/// ends inside a frame. Between two frames, and at a terminal, their connection has no other end than to be closed: if
/// the engine dies there, it may look as if the process had ended. Earlier output is not lost.
#[derive(Debug)]
#[must_use = "dropping it closes the connection"]
pub struct LogStream {
    input: Input,
    decoder: Decoder,
    /// True if the engine puts a time before each frame.
    has_times: bool,
    ended: bool,
}

#[derive(Debug)]
enum Input {
    Reply(Box<Reply>),
    Duplex(OutputHalf),
}

/// The decoder of output. Output is framed unless it comes from a terminal, which merges stdout and stderr.
#[derive(Debug)]
enum Decoder {
    Frames(Frames),
    Terminal(Bytes),
}

impl LogStream {
    pub(crate) fn from_reply(reply: Reply, terminal: bool) -> Self {
        LogStream::new(Input::Reply(Box::new(reply)), terminal)
    }

    pub(super) fn from_output_half(half: OutputHalf, terminal: bool) -> Self {
        LogStream::new(Input::Duplex(half), terminal)
    }

    fn new(input: Input, terminal: bool) -> Self {
        let decoder = if terminal { Decoder::Terminal(Bytes::new()) } else { Decoder::Frames(Frames::default()) };
        LogStream { input, decoder, has_times: false, ended: false }
    }

    /// Says that the engine puts a time before each frame.
    pub(crate) fn with_times(self, has_times: bool) -> Self {
        LogStream { has_times, ..self }
    }

    /// Returns true if it is output of a terminal, so that stdout and stderr cannot be told apart.
    #[must_use]
    pub fn is_terminal(&self) -> bool {
        matches!(self.decoder, Decoder::Terminal(_))
    }

    /// The next piece; `None` at the end.
    ///
    /// # Errors
    /// [`Error::Timeout`](crate::Error::Timeout), [`Error::Interrupted`](crate::Error::Interrupted), and
    /// [`Error::Decode`](crate::Error::Decode) for an invalid frame; after each the stream ends.
    pub async fn next(&mut self) -> Option<Result<Output>> {
        std::future::poll_fn(|context| self.poll_output(context)).await
    }

    /// Yields whole lines instead. A line of more than `limit` bytes is split into pieces of at most
    /// that size.
    ///
    /// Engines keep a line of more than 16 KiB in parts, and put a time before each if `timestamps` is asked for. Only
    /// the first stays. With a terminal, parts cannot be told apart, and all times stay.
    pub fn lines(self, limit: usize) -> LogLines {
        LogLines { stream: self, lines: Lines::new(limit), time: InnerTime::Passed, end: None }
    }

    fn poll_output(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Output>>> {
        while !self.ended {
            let failure = match self.decoder.next() {
                Ok(Some(output)) => return Poll::Ready(Some(Ok(output))),
                Ok(None) => match ready!(self.input.poll_piece(context)) {
                    Some(Ok(piece)) => {
                        self.decoder.push(piece);
                        continue;
                    }
                    Some(Err(error)) => Some(error),
                    None => self.decoder.finish().err().map(|broken| explain(self.input.operation(), broken)),
                },
                Err(broken) => Some(explain(self.input.operation(), broken)),
            };
            self.ended = true;
            return Poll::Ready(failure.map(Err));
        }
        Poll::Ready(None)
    }
}

impl Stream for LogStream {
    type Item = Result<Output>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll_output(context)
    }
}

impl Input {
    fn operation(&self) -> &'static str {
        match self {
            Input::Reply(reply) => reply.operation(),
            Input::Duplex(half) => half.operation(),
        }
    }

    fn poll_piece(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Bytes>>> {
        match self {
            Input::Reply(reply) => reply.poll_chunk(context),
            Input::Duplex(half) => half.poll_piece(context),
        }
    }
}

impl Decoder {
    fn push(&mut self, piece: Bytes) {
        match self {
            Decoder::Frames(frames) => frames.push(piece),
            Decoder::Terminal(rest) => *rest = piece,
        }
    }

    fn next(&mut self) -> Result<Option<Output>, StreamError> {
        match self {
            Decoder::Frames(frames) => frames.next(),
            Decoder::Terminal(rest) if rest.is_empty() => Ok(None),
            Decoder::Terminal(rest) => Ok(Some(Output { source: Source::Terminal, bytes: std::mem::take(rest) })),
        }
    }

    /// Returns true if the last piece is the begin of a frame.
    fn began_frame(&self) -> bool {
        matches!(self, Decoder::Frames(frames) if frames.began())
    }

    fn finish(&mut self) -> Result<(), StreamError> {
        match self {
            Decoder::Frames(frames) => frames.finish(),
            Decoder::Terminal(_) => Ok(()),
        }
    }
}

/// Output of processes by lines: a [`Stream`] of [`Output`] whose bytes are a line without its end. Lines of stdout and
/// of stderr are kept apart, so partial lines do not mix.
#[derive(Debug)]
#[must_use = "dropping it closes the connection"]
pub struct LogLines {
    stream: LogStream,
    lines: Lines,
    time: InnerTime,
    /// The end of the stream, once it has ended.
    end: Option<Result<()>>,
}

impl LogLines {
    /// The next line; `None` at the end.
    ///
    /// # Errors
    /// Fails as [`LogStream::next`] does, after the remaining lines.
    pub async fn next(&mut self) -> Option<Result<Output>> {
        std::future::poll_fn(|context| self.poll_line(context)).await
    }

    fn poll_line(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Output>>> {
        loop {
            if let Some(line) = self.lines.next() {
                return Poll::Ready(Some(Ok(line)));
            }
            if let Some(end) = &mut self.end {
                let rest = self.lines.finish().map(Ok);
                return Poll::Ready(rest.or_else(|| std::mem::replace(end, Ok(())).err().map(Err)));
            }
            match ready!(self.stream.poll_output(context)) {
                Some(Ok(output)) => self.push(output),
                Some(Err(error)) => self.end = Some(Err(error)),
                None => self.end = Some(Ok(())),
            }
        }
    }
}

/// The most bytes of a time, with the blank behind it: `2026-11-27T10:15:00.000000001+01:00 `.
const TIME_BYTES: usize = 36;

/// The time that the engine puts before a part of a line.
#[derive(Debug, Clone, Copy)]
enum InnerTime {
    /// It is still to come, after so many bytes of it.
    Coming(usize),
    Passed,
}

impl LogLines {
    /// Adds a piece, without the time before a part of a line that is not its first.
    fn push(&mut self, mut output: Output) {
        if self.stream.has_times && self.stream.decoder.began_frame() {
            let is_inside = self.lines.is_inside(output.source);
            self.time = if is_inside { InnerTime::Coming(0) } else { InnerTime::Passed };
        }
        if let InnerTime::Coming(before) = self.time {
            let end = memchr::memchr(b' ', &output.bytes).map(|blank| blank + 1);
            let length = end.unwrap_or(output.bytes.len());
            self.time = if end.is_some() { InnerTime::Passed } else { InnerTime::Coming(before + length) };
            // No engine writes so long a time, and nothing else may be lost.
            if before + length > TIME_BYTES {
                self.time = InnerTime::Passed;
            } else {
                let _ = output.bytes.split_to(length);
            }
        }
        self.lines.push(output);
    }
}

impl Stream for LogLines {
    type Item = Result<Output>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll_line(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stream::canned;

    const FRAMES: &str = "\x01\0\0\0\0\0\0\x03a\r\n\x02\0\0\0\0\0\0\x02b\n\x01\0\0\0\0\0\0\x01c";

    async fn lines(body: &'static str, terminal: bool) -> Vec<(Source, String)> {
        let stream = canned(body).await.into_log_stream(terminal);
        assert_eq!(stream.is_terminal(), terminal);
        let mut lines = stream.lines(100);
        let mut all = Vec::new();
        while let Some(line) = lines.next().await {
            let line = line.unwrap();
            all.push((line.source, String::from_utf8(line.bytes.to_vec()).unwrap()));
        }
        all
    }

    #[tokio::test]
    async fn without_a_terminal_output_is_taken_apart() {
        let expected = [(Source::Stdout, "a\r"), (Source::Stderr, "b"), (Source::Stdout, "c")];
        assert_eq!(lines(FRAMES, false).await, expected.map(|(source, text)| (source, text.to_owned())));
    }

    #[tokio::test]
    async fn with_a_terminal_output_is_left_as_it_is() {
        let expected = ["\x01\0\0\0\0\0\0\x03a", "\x02\0\0\0\0\0\0\x02b", "\x01\0\0\0\0\0\0\x01c"];
        assert_eq!(lines(FRAMES, true).await, expected.map(|text| (Source::Terminal, text.to_owned())));
    }

    #[tokio::test]
    async fn only_the_first_time_of_a_long_line_stays() {
        const TIMES: &str = "\x01\0\0\0\0\0\0\x172026-11-27T10:15:00Z on\x01\0\0\0\0\0\0\x172026-11-27T10:15:00Z e\n\
            \x02\0\0\0\0\0\0\x172026-11-27T10:15:01Z x\n\x01\0\0\0\0\0\0\x172026-11-27T10:15:02Z y\n";
        let read = async |has_times| {
            let mut lines = canned(TIMES).await.into_log_stream(false).with_times(has_times).lines(100);
            let mut all = Vec::new();
            while let Some(line) = lines.next().await {
                all.push(line.unwrap().to_string());
            }
            all
        };
        assert_eq!(read(true).await, ["2026-11-27T10:15:00Z one", "2026-11-27T10:15:01Z x", "2026-11-27T10:15:02Z y"]);
        // Without times, what looks like one is a text of the process.
        assert_eq!(read(false).await[0], "2026-11-27T10:15:00Z on2026-11-27T10:15:00Z e");
    }

    #[tokio::test]
    async fn an_error_comes_once_and_ends_the_stream() {
        let mut stream = canned("\x01\0\0\0\0\0\0\x01anonsense").await.into_log_stream(false);
        assert_eq!(stream.next().await.unwrap().unwrap().bytes, "a");
        assert!(stream.next().await.unwrap().is_err());
        assert!(stream.next().await.is_none());
    }
}
