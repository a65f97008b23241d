//! Calls whose future is dropped: their connection is closed, at every stage.

use dockwright::{Body, Limits};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::peer::{CHUNKED, Caller, Peer, engine};
use crate::{frame, logs, soon};

async fn cancel<T>(call: JoinHandle<T>) {
    call.abort();
    assert!(call.await.is_err_and(|error| error.is_cancelled()));
}

#[tokio::test]
async fn a_call_is_cancelled_while_its_body_is_sent() {
    let (sender, mut received) = mpsc::unbounded_channel();
    let mut peer = Peer::unix(move |mut caller: Caller| {
        let sender = sender.clone();
        async move {
            caller.head().await;
            caller.read(1000).await;
            sender.send(()).unwrap();
            let rest = caller.rest().await;
            assert!(!rest.ends_with(b"0\r\n\r\n"), "the request does not look complete");
            caller.stay().await;
        }
    });
    let engine = peer.engine();
    let (ended_sender, mut ended) = mpsc::unbounded_channel();
    let endless = Body::writer(move |out| {
        let error = loop {
            if let Err(error) = out.write_all(&[0; 1000]) {
                break error;
            }
        };
        ended_sender.send(error.kind()).unwrap();
        Err(error)
    });
    let call = tokio::spawn(async move { engine.image_load(endless, &Default::default()).await.map(drop) });
    soon(received.recv()).await.unwrap();
    cancel(call).await;
    soon(peer.closed.recv()).await.unwrap();
    assert_eq!(soon(ended.recv()).await, Some(std::io::ErrorKind::BrokenPipe));
}

#[tokio::test]
async fn a_call_is_cancelled_while_it_waits_for_the_answer() {
    let mut peer = Peer::unix(async |mut caller| {
        caller.request().await;
        caller.stay().await;
    });
    let engine = peer.engine();
    let call = tokio::spawn(async move { engine.container_wait("web", &Default::default()).await.map(drop) });
    assert!(soon(peer.requests.recv()).await.unwrap().contains("/containers/web/wait"));
    cancel(call).await;
    soon(peer.closed.recv()).await.unwrap();
}

#[tokio::test]
async fn a_call_is_cancelled_while_its_answer_is_read() {
    let mut peer = Peer::unix(async |mut caller| {
        caller.call().await;
        caller.send(CHUNKED).await;
        caller.chunk(frame("one")).await;
        caller.stay().await;
    });
    let engine = peer.engine();
    let (sender, mut read) = mpsc::unbounded_channel();
    let call = tokio::spawn(async move {
        let mut output = logs(&engine).await.unwrap();
        while let Some(piece) = output.next().await {
            sender.send(piece.unwrap().bytes).unwrap();
        }
    });
    assert_eq!(soon(read.recv()).await.unwrap(), "one");
    cancel(call).await;
    soon(peer.closed.recv()).await.unwrap();
}

#[tokio::test]
async fn a_call_is_cancelled_while_it_waits_for_a_free_connection() {
    let mut peer = Peer::unix(async |mut caller| {
        caller.request().await;
        caller.stay().await;
    });
    let engine = peer.engine().with_limits(Limits::default().connections(1));
    let ask = |path: &'static str| {
        let engine = engine.clone();
        tokio::spawn(async move { engine.raw(crate::peer::get(path)).await.map(drop) })
    };
    let first = ask("/first");
    assert!(soon(peer.requests.recv()).await.unwrap().contains("/first"));
    let second = ask("/second");
    tokio::task::yield_now().await;
    cancel(second).await;
    let third = ask("/third");
    cancel(first).await;
    assert!(soon(peer.requests.recv()).await.unwrap().contains("/third"), "and not the second one");
    cancel(third).await;
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_call_is_cancelled_while_it_connects() {
    use socket2::{Domain, Socket, Type};
    // Nobody accepts, and the queue is full: the system lets further connections wait.
    let listener = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    listener.bind(&std::net::SocketAddr::from(([127, 0, 0, 1], 0)).into()).unwrap();
    listener.listen(0).unwrap();
    let address = listener.local_addr().unwrap().as_socket().unwrap();
    let _room = std::net::TcpStream::connect(address).unwrap();

    let engine = engine(&format!("tcp://{address}"));
    let call = tokio::spawn(async move { engine.container_list(&Default::default()).await.map(drop) });
    soon(until(|| connecting(address.port()) == 1)).await;
    cancel(call).await;
    soon(until(|| connecting(address.port()) == 0)).await;
}

#[cfg(target_os = "linux")]
async fn until(condition: impl Fn() -> bool) {
    while !condition() {
        tokio::task::yield_now().await;
    }
}

/// Counts the sockets that ask for a connection to this port of this host and have none yet.
#[cfg(target_os = "linux")]
fn connecting(port: u16) -> usize {
    const SYN_SENT: &str = "02";
    let peer = format!("0100007F:{port:04X}");
    let table = std::fs::read_to_string("/proc/self/net/tcp").unwrap();
    let sockets = table.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
    sockets.filter(|columns| columns.get(2) == Some(&&*peer) && columns.get(3) == Some(&SYN_SENT)).count()
}
