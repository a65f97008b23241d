//! Logins by the hosts of their registries.

use bytes::Bytes;

use super::reply::ReplyBody;
use crate::credentials::{Credentials, Login};
use crate::grpc::Status;
use crate::protobuf::{Fields, Message, Value};
use crate::registry::{HUB, HUB_ALIAS};
use crate::sent_login::LoginAccount;

/// The host by which BuildKit asks for the login of Docker Hub.
const HUB_HOST: &str = "registry-1.docker.io";

/// Answers the question for a login. Without one the answer is empty, and the engine asks the registry as anybody.
/// The words on the search go to `account`.
pub(super) async fn give_login(
    credentials: Option<&Credentials>,
    account: &LoginAccount,
    question: Bytes,
) -> Result<ReplyBody, Status> {
    let mut host = String::new();
    let mut fields = Fields::new(question);
    while let Some(field) = fields.next()? {
        if let (1, Value::Bytes(text)) = field {
            host = String::from_utf8_lossy(&text).into_owned();
        }
    }
    let registry = if [HUB_HOST, HUB_ALIAS].contains(&&*host) { HUB } else { &host };
    let login = match credentials {
        Some(credentials) => {
            let mut search = credentials.find(registry).await;
            search.retain_exchangeable();
            account.tell(search.account());
            search.into_login()
        }
        None => None,
    };
    tracing::debug!(target: "dockwright::session", registry, found = login.is_some(), "login");
    let answer = login
        .as_ref()
        .and_then(Login::to_exchange)
        .map(|(name, secret)| Message::default().bytes(1, name.as_bytes()).bytes(2, secret.reveal().as_bytes()));
    Ok(ReplyBody::message(&answer.unwrap_or_default().finish()))
}
