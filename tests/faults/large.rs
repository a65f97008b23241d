//! Answers without measure: pieces are read and never held, and a whole answer has a limit.

use dockwright::{Error, Limits, Source};

use crate::alone::{alone, kib};
use crate::peer::{CHUNKED, Caller, END, chunk, engine, get};
use crate::{frame, logs, soon};

const MIB: u64 = 1024 * 1024;

/// The memory that reading in pieces may take.
const LITTLE_KIB: u64 = 32 * 1024;

/// Answers with the same pieces over and over.
async fn repeat(caller: &mut Caller, piece: &[u8], times: u64) {
    caller.send(CHUNKED).await;
    let piece = chunk(piece);
    for _ in 0..times {
        caller.send(&piece).await;
    }
    caller.send(END).await;
}

#[tokio::test]
async fn a_list_of_200_mb_is_refused_whole_and_can_be_read_in_pieces() {
    const BYTES: u64 = 200 * MIB;
    let list = async |mut caller: Caller| {
        let element = format!("{{\"Id\":\"{}\",\"State\":\"running\"}},\n", "0".repeat(64));
        let piece = element.repeat(700);
        while caller.request().await.is_some() {
            repeat(&mut caller, piece.as_bytes(), BYTES / piece.len() as u64 + 1).await;
        }
    };
    alone("large::a_list_of_200_mb_is_refused_whole_and_can_be_read_in_pieces", ":", list, async |address| {
        let engine = engine(address).with_limits(Limits::default().answer_bytes(64 * MIB));
        let before = kib("VmHWM:");
        let mut reply = engine.raw(get("/containers/json")).await.unwrap();
        let mut length = 0;
        while let Some(piece) = reply.chunk().await.unwrap() {
            length += piece.len() as u64;
        }
        let used = kib("VmHWM:") - before;
        assert!(length >= BYTES && used < LITTLE_KIB, "{used} KiB for {length} bytes");

        let error = engine.container_list(&Default::default()).await.unwrap_err();
        assert!(matches!(error, Error::TooLarge { limit, .. } if limit == 64 * MIB), "{error:?}");
        let used = kib("VmHWM:") - before;
        assert!(used < 3 * 64 * 1024, "{used} KiB for an answer of at most 64 MiB");
    })
    .await;
}

#[tokio::test]
async fn three_million_lines_take_little_memory() {
    const LINES: u64 = 3_000_000;
    let write = async |mut caller: Caller| {
        let line = frame(format!("{}\n", "x".repeat(58)));
        while caller.call().await.is_some() {
            repeat(&mut caller, &line.repeat(500), LINES / 500).await;
        }
    };
    alone("large::three_million_lines_take_little_memory", ":", write, async |address| {
        let before = kib("VmHWM:");
        let mut lines = logs(&engine(address)).await.unwrap().lines(1000);
        let (mut count, mut length) = (0, 0);
        while let Some(line) = lines.next().await {
            let line = line.unwrap();
            assert_eq!(line.source, Source::Stdout);
            count += 1;
            length += line.bytes.len() as u64 + 1;
        }
        assert_eq!((count, length), (LINES, LINES * 59));
        let used = kib("VmHWM:") - before;
        assert!(used < LITTLE_KIB, "{used} KiB");
    })
    .await;
}

#[tokio::test]
async fn a_frame_of_4_gib_is_refused_by_its_header() {
    let write = async |mut caller: Caller| {
        caller.call().await;
        caller.send(CHUNKED).await;
        caller.chunk([&frame("one")[..], b"\x01\0\0\0\xff\xff\xff\xff"].concat()).await;
        caller.stay().await;
    };
    let peer = alone("large::a_frame_of_4_gib_is_refused_by_its_header", ":", write, async |address| {
        let before = kib("VmHWM:");
        let mut stream = logs(&engine(address)).await.unwrap();
        assert_eq!(stream.next().await.unwrap().unwrap().bytes, "one");
        let error = soon(stream.next()).await.unwrap().unwrap_err();
        assert!(error.to_string().contains("its length is impossible"), "{error}");
        assert!(stream.next().await.is_none());
        let used = kib("VmHWM:") - before;
        assert!(used < LITTLE_KIB, "{used} KiB");
    });
    if let Some(mut peer) = peer.await {
        soon(peer.closed.recv()).await.unwrap();
    }
}
