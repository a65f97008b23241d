//! The names of the methods that an engine calls, which are facts of BuildKit.

pub(super) const HEALTH: &str = "/grpc.health.v1.Health/Check";
pub(super) const SECRET: &str = "/moby.buildkit.secrets.v1.Secrets/GetSecret";
pub(super) const LOGIN: &str = "/moby.filesync.v1.Auth/Credentials";
pub(super) const CHECK_AGENT: &str = "/moby.sshforward.v1.SSH/CheckAgent";
pub(super) const FORWARD_AGENT: &str = "/moby.sshforward.v1.SSH/ForwardAgent";
pub(super) const FILES: &str = "/moby.filesync.v1.FileSync/DiffCopy";
pub(super) const OUTPUT: &str = "/moby.filesync.v1.FileSend/DiffCopy";
pub(super) const UPLOAD: &str = "/moby.upload.v1.Upload/Pull";
