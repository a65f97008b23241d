//! Ways to an engine: addresses, ssh, and connections that are kept.
//!
//! | address | the engine listens at |
//! |---|---|
//! | `unix:///var/run/docker.sock` | a unix socket of this host |
//! | `tcp://host:2375` | a port, without encryption unless [`Tls`](crate::Engine::with_tls) is set |
//! | `ssh://user@host:22/path/docker.sock` | a socket of another host; all but the host may be left out |
//!
//! [`Engine::from_env`](crate::Engine::from_env) finds the address as the docker CLI does, in `DOCKER_HOST` or a
//! context.
//!
//! # ssh
//!
//! The cargo feature `ssh`, which is on by default, uses the program `ssh` of the system, and so its configuration,
//! agent, known hosts and jump hosts. `ssh` must be able to log in without a question: it runs with `BatchMode=yes`,
//! and a host whose key is unknown or has changed is refused. Passwords, queries and fragments in the address are
//! refused.
//!
//! **One login carries all connections of an engine.** The first call logs in; the socket of the host is forwarded to
//! one in a folder that only this user may enter. Clones of an [`Engine`](crate::Engine) share the login. Without a
//! path in the address, the socket is the one that the docker CLI on the host uses, else `/var/run/docker.sock`; if
//! that is not the usual one, the first login is followed by a second. A login without connections ends when other
//! engines need its [descriptors](super::limits). 200 connections are open at once at most; a
//! further call waits for [`Limits::connect`](crate::Limits::connect).
//!
//! **A host that does not forward** (`AllowStreamLocalForwarding no`, or a key with a forced command
//! `docker system dial-stdio`), and every host on Windows, is reached as by the docker CLI: a login for each
//! connection, which runs `docker system dial-stdio` there. 32 such connections are open at once at most, and four log
//! in at a time. A call tries the forward again after five minutes. [`Engine::ssh_route`](crate::Engine::ssh_route)
//! tells which way was found.
//!
//! **A link that breaks** ends its streams with an error, never with what looks like their end. The next call logs in
//! again, once however many calls wait for it; they share its failure too. A host that falls silent is given up after
//! 45 seconds. A login that takes longer than `Limits::connect` goes on for a minute, for the calls after it.
//!
//! **Nothing is left behind.** ssh and the folder of its socket go with the engine, and with the process, even if that
//! is killed. On Windows an ssh ends when its connection does. One thing may stay: a connection to a jump host that
//! your configuration keeps for later (`ControlPersist`).
//!
//! An [`Error::Ssh`](crate::Error::Ssh) names the fault ([`SshFault`](crate::SshFault)) and quotes ssh:
//!
//! ```
//! # #[cfg(feature = "ssh")]
//! # async fn example() -> dockwright::Result<()> {
//! use dockwright::{Engine, Error, SshFault};
//!
//! let engine = Engine::at("ssh://me@nas")?;
//! match engine.api_version().await {
//!     Err(Error::Ssh { fault: SshFault::UnknownHostKey, .. }) => eprintln!("connect once by hand: ssh me@nas"),
//!     other => println!("API {}", other?),
//! }
//! # Ok(())
//! # }
//! ```
