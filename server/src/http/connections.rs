//! Serves the connections of a listener, within bounds of number and time, until it is drained. It knows no path and no
//! header: any service of hyper answers.

use std::convert::Infallible;
use std::error::Error;
use std::future::pending;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use http::{Request, Response};
use http_body::Body;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::answer::busy;
use super::bounds::Bounds;
use super::listener::{Accepted, ByteStream, Listener};
use super::log::BoundedLog;
use super::stalls::WriteTimeout;
use super::takeover::Takeover;

/// The most connections without a place, which are told to come back later; further ones are closed.
const MAX_BRIEF: usize = 64;
/// The time after which idle connections make room for one that waits.
const CROWDED: Duration = Duration::from_secs(2);
/// The time after which one that waits is refused, counted from then on.
const PATIENCE: Duration = Duration::from_secs(3);
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
    let (places, log, mut serving) = (Places::new(bounds), BoundedLog::default(), JoinSet::new());
    let refusal = service_fn(async |_| Ok::<_, Infallible>(busy("too many connections are open")));
    loop {
        let accepted = tokio::select! {
            () = drain.cancelled() => break,
            accepted = places.next(&listener) => accepted,
        };
        while serving.try_join_next().is_some() {}
        match accepted {
            Ok((accepted, Some(place))) => {
                let (service, drain, crowded) = (service.clone(), drain.clone(), Arc::clone(&places.crowded));
                serving.spawn(async move {
                    let leave = async {
                        tokio::select! {
                            () = drain.cancelled() => {}
                            () = crowded.notified() => {}
                        }
                    };
                    run(accepted, bounds, service, leave).await;
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
    /// Tells connections to end after the request that is under way.
    crowded: Arc<Notify>,
}

impl Places {
    fn new(bounds: Bounds) -> Self {
        Places {
            bounds,
            serving: Arc::new(Semaphore::new(bounds.connections)),
            brief: Arc::new(Semaphore::new(MAX_BRIEF)),
            crowded: Arc::default(),
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
        let place = || Arc::clone(&self.serving).acquire_owned();
        if let Ok(place) = timeout(CROWDED, place()).await {
            return place.ok();
        }
        self.crowded.notify_waiters();
        timeout(PATIENCE, place()).await.ok()?.ok()
    }

    /// Serves a connection for a moment, without a place, in a task of its own.
    fn serve_briefly(&self, accepted: Accepted, service: impl HttpService) {
        let Ok(place) = Arc::clone(&self.brief).try_acquire_owned() else { return };
        let bounds = self.bounds;
        tokio::spawn(async move {
            let _ = timeout(BRIEF, run(accepted, bounds, service, pending())).await;
            drop(place);
        });
    }
}

/// Serves one connection until it ends, or until `leave` and the end of the request that is under way then. A
/// connection that is given up to another protocol keeps its place until that ends.
async fn run(accepted: Accepted, bounds: Bounds, service: impl HttpService, leave: impl Future<Output = ()>) {
    let (peer, takeover) = (accepted.peer, Takeover::default());
    let mut leave = pin!(leave);
    let mut open = pin!(timeout(HANDSHAKE, accepted.open()));
    let (opened, leaves) = tokio::select! {
        opened = &mut open => (Ok(opened), false),
        () = &mut leave => (timeout(BRIEF, open).await, true),
    };
    let Ok(Ok(Ok(stream))) = opened else { return };
    let leave = async {
        if !leaves {
            leave.await;
        }
    };
    let stream: TokioIo<WriteTimeout<Box<dyn ByteStream>>> = TokioIo::new(WriteTimeout::new(stream, bounds.stall));
    let (given, first) = (takeover.clone(), Arc::new(Notify::new()));
    let noticed = Arc::clone(&first);
    let service = service_fn(move |mut request: HttpRequest| {
        noticed.notify_one();
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
        () = leave => {
            // One without a request would be closed at once, and its first request may be on the way.
            let first = timeout(BRIEF, first.notified());
            tokio::select! {
                _ = connection.as_mut() => {}
                _ = first => {
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
