//! One exchange: a request of a client becomes a call, which is judged, sent and answered.

use std::io;
use std::sync::Arc;

use dockwright::Body;
use dockwright_policy::Call;
use dockwright_policy::understand::{Head, Header};
use http::Request;
use http::request::Parts;
use http_body_util::BodyExt;
use hyper::body::Incoming;
use sha2::{Digest, Sha256};

use super::answer::ProxyAnswer;
use super::failure::Failure;
use super::principal::Principal;
use super::record::Record;
use super::revocation::{Revocation, revocation};
use super::upgrade::Upgrade;
use super::{pages, relay, tunnel, upgrade};
use crate::http::Takeover;

/// Answers a request.
pub(super) async fn answer(principal: &Arc<Principal>, request: Request<Incoming>) -> ProxyAnswer {
    pass(principal, request).await.unwrap_or_else(|failure| {
        if let Some(error) = failure.of_engine() {
            principal.log.say(&format!("{}: {error}", principal.name));
        }
        failure.answer()
    })
}

async fn pass(principal: &Arc<Principal>, mut request: Request<Incoming>) -> Result<ProxyAnswer, Failure> {
    let client = hyper::upgrade::on(&mut request);
    let (parts, body) = request.into_parts();
    let understood = match understand(principal, &parts, body).await {
        Ok(understood) => understood,
        Err(failure) => {
            Record::of_unknown(principal, &parts)?.fail(&failure);
            return Err(failure);
        }
    };
    let mut policies = principal.policy.clone();
    let policy = Arc::clone(&policies.borrow_and_update());
    let Understood { call, digest, archive, upgrade } = understood;
    let record = Record::of_call(principal, &policy, &call, digest)?;
    let sending = async {
        let sent = principal.engine.judge(&policy, &call).await?;
        let mut revocation = revocation(Arc::clone(principal), policies, call.clone(), sent.clone());
        let headers = upgrade.as_ref().map(Upgrade::headers).unwrap_or_default();
        tokio::select! {
            reply = principal.engine.send(&sent, archive, &headers) => Ok((reply?, revocation)),
            () = &mut revocation => Err(Failure::Revoked),
        }
    };
    let (reply, revocation): (_, Revocation) = match sending.await {
        Ok(sent) => sent,
        Err(failure) => {
            record.fail(&failure);
            return Err(failure);
        }
    };
    principal.engine.observe(&call, reply.status());
    if !tunnel::is_switched(&reply) {
        return relay::answer(call.operation, reply, &policy, record, revocation).await;
    }
    let Some(upgrade) = upgrade else { return tunnel::answer(reply, record, revocation).await };
    let takeover = parts.extensions.get::<Takeover>().cloned().unwrap_or_default();
    tunnel::open(&upgrade, reply, record, revocation, client, &takeover).await
}

/// A request that is understood.
struct Understood {
    call: Call,
    /// The digest of a body that is judged.
    digest: Option<String>,
    /// The body that is not judged.
    archive: Option<Body>,
    /// The protocol that the client wants to switch to.
    upgrade: Option<Upgrade>,
}

/// Understands a request, and reads its body unless that is an archive.
async fn understand(principal: &Principal, parts: &Parts, body: Incoming) -> Result<Understood, Failure> {
    pages::check(principal.hosts.as_ref(), parts)?;
    let headers = parts.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes()));
    let headers: Vec<Header<'_>> = headers.collect();
    let newest = principal.engine.version().await?;
    let head = Head::read(parts.method.as_str(), &parts.uri.to_string(), &headers, newest);
    let head = head.map_err(Failure::Refused)?;
    let upgrade = Upgrade::wanted(head.operation, &parts.headers)?;
    if head.streams() {
        let archive = body.map_err(io::Error::other).into_data_stream();
        let call = head.with_body(&[]).map_err(Failure::Refused)?;
        return Ok(Understood { call, digest: None, archive: Some(Body::stream(archive)), upgrade });
    }
    let body = principal.read(body).await?;
    let hex = || Sha256::digest(&body).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let digest = (!body.is_empty()).then(|| format!("sha256:{}", hex()));
    let call = head.with_body(&body).map_err(Failure::Refused)?;
    upgrade::check_input(&call, upgrade.as_ref())?;
    Ok(Understood { call, digest, archive: None, upgrade })
}
