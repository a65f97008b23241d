//! The services of a session: a call comes in, and the answer of the service that it names goes out.

use std::collections::BTreeMap;

use dockwright_archive::ContextTree;
use http::Request;
use hyper::body::Incoming;

use super::files::{Turns, send_files};
use super::login::give_login;
use super::methods::{CHECK_AGENT, FILES, FORWARD_AGENT, HEALTH, LOGIN, OUTPUT, SECRET, UPLOAD};
use super::output::{Place, receive_output};
use super::reply::ReplyBody;
use super::secret::{self, Secret, give_secret};
use super::ssh::{self, Agent, check_agent, forward_agent};
use super::upload::{Archive, send_archive};
use crate::credentials::Credentials;
use crate::grpc::only_message;
use crate::grpc::{Code, Status};
use crate::protobuf::Message;
use crate::sent_login::LoginAccount;

/// Everything that a session gives.
#[derive(Debug, Default)]
pub(super) struct Services {
    pub(super) secrets: BTreeMap<String, Secret>,
    pub(super) credentials: Option<Credentials>,
    /// The words on the logins that the engine asked for.
    pub(super) login_account: LoginAccount,
    pub(super) agents: BTreeMap<String, Agent>,
    pub(super) folders: BTreeMap<String, ContextTree>,
    pub(super) turns: Turns,
    pub(super) archives: BTreeMap<String, Archive>,
    pub(super) output: Option<Place>,
}

impl Services {
    /// The methods that are answered.
    pub(super) fn methods(&self) -> Vec<&'static str> {
        let mut methods = vec![HEALTH];
        methods.extend((!self.secrets.is_empty()).then_some(SECRET));
        methods.extend(self.credentials.as_ref().map(|_| LOGIN));
        methods.extend([CHECK_AGENT, FORWARD_AGENT].into_iter().filter(|_| !self.agents.is_empty()));
        methods.extend((!self.folders.is_empty()).then_some(FILES));
        methods.extend((!self.archives.is_empty()).then_some(UPLOAD));
        methods.extend(self.output.as_ref().map(|_| OUTPUT));
        methods
    }

    /// Reads everything once. The error is the argument, the value that is expected, and the problem.
    pub(super) async fn check(&self) -> Result<(), (String, String, String)> {
        for (id, secret) in &self.secrets {
            if let Err(problem) = secret.read().await {
                return Err(("secrets".to_owned(), format!("for `{id}` {}", secret::EXPECTED), problem));
            }
        }
        for (id, agent) in &self.agents {
            if let Err(problem) = agent.check().await {
                return Err(("ssh".to_owned(), format!("for `{id}` {}", ssh::EXPECTED), problem));
            }
        }
        Ok(())
    }

    /// Answers a call.
    pub(super) async fn answer(&self, call: Request<Incoming>) -> Result<ReplyBody, Status> {
        let (head, body) = call.into_parts();
        let path = head.uri.path();
        if !self.methods().contains(&path) {
            return Err(Status::new(Code::Unimplemented, format!("this session does not answer {path}")));
        }
        tracing::debug!(target: "dockwright::session", method = path, "called");
        match path {
            HEALTH => {
                only_message(body).await?;
                Ok(ReplyBody::message(&Message::default().number(1, SERVING).finish()))
            }
            SECRET => give_secret(&self.secrets, only_message(body).await?).await,
            LOGIN => {
                let question = only_message(body).await?;
                give_login(self.credentials.as_ref(), &self.login_account, question).await
            }
            CHECK_AGENT => check_agent(&self.agents, only_message(body).await?),
            FORWARD_AGENT => forward_agent(&self.agents, &head.headers, body).await,
            FILES => send_files(&self.folders, &self.turns, &head.headers, body),
            UPLOAD => send_archive(&self.archives, &head.headers),
            OUTPUT => receive_output(self.output.as_ref(), body),
            _ => Err(Status::internal("a method without a service")),
        }
    }
}

/// The state of a service that answers.
const SERVING: u64 = 1;
