//! Serves the connections of a listener, within bounds of number and time, until it is drained. It knows no path and no
//! header: any service of hyper answers.

use std::convert::Infallible;
use std::error::Error;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use http::{Request, Response};
use http_body::Body;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, SetOnce};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::answer::busy;
use super::bounds::Bounds;
use super::listener::{Accepted, ByteStream, Listener};
use super::log::BoundedLog;
use super::stalls::WriteTimeout;
use super::takeover::Takeover;

/// The most connections without a place, which are told to come back later; further ones are closed.
const MAX_BRIEF: usize = 64;
/// The time between two looks at the places if none is free.
const LOOK: Duration = Duration::from_millis(250);
/// The time that a connection has for its first request if no place is free.
const FIRST_REQUEST: Duration = Duration::from_secs(1);
/// The looks after which idle connections make room for one that waits, and those after which that is refused.
const CROWDED: u32 = 8;
const PATIENCE: u32 = 20;
/// The longest time for a TLS handshake.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// The longest time for the headers of a request, and between two requests.
const HEADERS: Duration = Duration::from_secs(30);
/// The most bytes of the headers of a request.
const MAX_HEADERS: usize = 64 << 10;
/// The longest time for a connection without a place.
const BRIEF: Duration = Duration::from_secs(2);
/// The longest time for requests under way when the server is drained.
const DRAIN: Duration = Duration::from_secs(10);
/// The pause after a connection could not be accepted, most likely for want of descriptors.
const PAUSE: Duration = Duration::from_millis(100);

type HttpRequest = Request<Incoming>;
/// It is set when the first request of a connection has come.
type FirstRequest = Arc<SetOnce<()>>;

/// A service of hyper of which each connection has a clone.
pub trait HttpService:
    Service<HttpRequest, Response = Response<Self::Body>, Error = Infallible, Future: Send> + Clone + Send + 'static
{
    /// The bodies of its answers.
    type Body: Body<Data: Send, Error: Into<Box<dyn Error + Send + Sync>>> + Send + 'static;
}

impl<S, B> HttpService for S
where
    S: Service<HttpRequest, Response = Response<B>, Error = Infallible, Future: Send> + Clone + Send + 'static,
    B: Body<Data: Send, Error: Into<Box<dyn Error + Send + Sync>>> + Send + 'static,
{
    type Body = B;
}

/// Serves connections until `drain` is cancelled. Requests that are under way then may end within ten seconds; the
/// others are cut.
pub async fn serve(listener: Listener, bounds: Bounds, service: impl HttpService, drain: CancellationToken) {
    let (places, log, mut serving) = (Places::new(bounds, drain.clone()), BoundedLog::default(), JoinSet::new());
    let refusal = service_fn(async |_| Ok::<_, Infallible>(busy("too many connections are open")));
    loop {
        let accepted = tokio::select! {
            () = drain.cancelled() => break,
            accepted = places.next(&listener) => accepted,
        };
        while serving.try_join_next().is_some() {}
        match accepted {
            Ok((accepted, Some(place))) => {
                let (service, signals) = (service.clone(), Arc::clone(&places.signals));
                serving.spawn(async move {
                    run(accepted, bounds, service, &signals).await;
                    drop(place);
                });
            }
            Ok((accepted, None)) => {
                let most = bounds.connections;
                log.say(&format!("refused {}: {most} connections are open, the most", accepted.peer));
                places.serve_briefly(accepted, refusal);
            }
            Err(error) => {
                log.say(&format!("could not accept a connection: {error}"));
                sleep(PAUSE).await;
            }
        }
    }
    finish(listener, &places, &service, serving).await;
}

/// Waits for the connections that are left. New ones are served for a moment: the service knows that it is drained.
/// Then they are refused, which tells a proxy to try elsewhere. Accepted ones have their answer first: a
/// connection that ends without one leaves a proxy in doubt.
async fn finish(listener: Listener, places: &Places, service: &impl HttpService, mut serving: JoinSet<()>) {
    let rest = timeout(DRAIN, async { while serving.join_next().await.is_some() {} });
    let mut rest = pin!(rest);
    loop {
        tokio::select! {
            _ = &mut rest => break,
            Ok(accepted) = listener.accept() => places.serve_briefly(accepted, service.clone()),
        }
    }
    drop(listener);
    let _ = timeout(BRIEF, places.brief.acquire_many(MAX_BRIEF as u32)).await;
}

/// Places of connections.
struct Places {
    bounds: Bounds,
    serving: Arc<Semaphore>,
    brief: Arc<Semaphore>,
    signals: Arc<Signals>,
}

/// Signals to the connections of a listener.
#[derive(Default)]
struct Signals {
    drain: CancellationToken,
    /// No place is free.
    full: Notify,
    /// None has been free for a while.
    crowded: Notify,
}

impl Signals {
    /// Waits until a connection must make room though nothing of it is under way but a handshake or a head: whoever
    /// sends that slowly keeps nobody out.
    async fn give_way(&self, first: &FirstRequest) {
        let begun = Instant::now();
        loop {
            self.full.notified().await;
            if begun.elapsed() >= FIRST_REQUEST && !first.initialized() {
                return;
            }
        }
    }

    /// Waits until a connection must end after the request that is under way.
    async fn leave(&self, first: &FirstRequest) {
        loop {
            tokio::select! {
                () = self.drain.cancelled() => return,
                () = self.crowded.notified() => if first.initialized() { return },
            }
        }
    }
}

impl Places {
    fn new(bounds: Bounds, drain: CancellationToken) -> Self {
        Places {
            bounds,
            serving: Arc::new(Semaphore::new(bounds.connections)),
            brief: Arc::new(Semaphore::new(MAX_BRIEF)),
            signals: Arc::new(Signals { drain, ..Signals::default() }),
        }
    }

    /// The next connection, with a place unless none was free for a while. Connections wait for that unaccepted, where
    /// they cost this process nothing.
    async fn next(&self, listener: &Listener) -> std::io::Result<(Accepted, Option<OwnedSemaphorePermit>)> {
        let place = self.wait().await;
        let accepted = listener.accept().await?;
        Ok((accepted, place.or_else(|| Arc::clone(&self.serving).try_acquire_owned().ok())))
    }

    async fn wait(&self) -> Option<OwnedSemaphorePermit> {
        for look in 1..=PATIENCE {
            if let Ok(place) = timeout(LOOK, Arc::clone(&self.serving).acquire_owned()).await {
                return place.ok();
            }
            self.signals.full.notify_waiters();
            if look == CROWDED {
                self.signals.crowded.notify_waiters();
            }
        }
        None
    }

    /// Serves a connection for a moment, without a place, in a task of its own.
    fn serve_briefly(&self, accepted: Accepted, service: impl HttpService) {
        let Ok(place) = Arc::clone(&self.brief).try_acquire_owned() else { return };
        let bounds = self.bounds;
        tokio::spawn(async move {
            let _ = timeout(BRIEF, run(accepted, bounds, service, &Signals::default())).await;
            drop(place);
        });
    }
}

/// Serves one connection until it ends, makes room, or is to leave and has ended the request that is under way.
async fn run(accepted: Accepted, bounds: Bounds, service: impl HttpService, signals: &Signals) {
    let first = FirstRequest::default();
    tokio::select! {
        () = speak(accepted, bounds, service, signals, &first) => {}
        () = signals.give_way(&first) => {}
    }
}

/// Speaks HTTP on a connection. One that is given up to another protocol keeps its place until that ends.
async fn speak(accepted: Accepted, bounds: Bounds, service: impl HttpService, signals: &Signals, first: &FirstRequest) {
    let (peer, takeover) = (accepted.peer, Takeover::default());
    let mut open = pin!(timeout(HANDSHAKE, accepted.open()));
    let opened = tokio::select! {
        opened = &mut open => Ok(opened),
        () = signals.drain.cancelled() => timeout(BRIEF, open).await,
    };
    let Ok(Ok(Ok(stream))) = opened else { return };
    let stream: TokioIo<WriteTimeout<Box<dyn ByteStream>>> = TokioIo::new(WriteTimeout::new(stream, bounds.stall));
    let (given, came) = (takeover.clone(), Arc::clone(first));
    let service = service_fn(move |mut request: HttpRequest| {
        // Later requests find it set.
        let _ = came.set(());
        request.extensions_mut().insert(peer);
        request.extensions_mut().insert(given.clone());
        service.call(request)
    });
    let mut connection = pin!(
        http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEADERS)
            .max_header_size(MAX_HEADERS)
            .max_buf_size(MAX_HEADERS)
            .serve_connection(stream, service)
            .with_upgrades()
    );
    // Errors are the client's: it went away, or sent what is not HTTP, which has been answered.
    tokio::select! {
        _ = connection.as_mut() => {}
        () = signals.leave(first) => {
            // One without a request would be closed at once, and its first request may be on the way.
            tokio::select! {
                _ = connection.as_mut() => {}
                _ = timeout(BRIEF, first.wait()) => {
                    connection.as_mut().graceful_shutdown();
                    let _ = connection.await;
                }
            }
        }
    }
    if let Some(work) = takeover.take() {
        work.await;
    }
}
