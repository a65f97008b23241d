//! Facts about an image that the engine asks its registry for.

use dockwright::models::AuthConfig;
use dockwright::options::DistributionInspectOptions;
use dockwright::{Credentials, Error, Login};
use libtest_mimic::Trial;

use crate::bench::{Bench, trials, variable};
use crate::progress::folder;

pub fn trials() -> Vec<Trial> {
    trials![
        an_image_in_a_registry_is_described_without_a_pull,
        a_private_registry_wants_a_login,
        a_stored_login_is_sent_by_itself_and_a_wrong_one_is_told,
        an_image_that_the_registry_lacks_is_refused,
    ]
}

async fn an_image_in_a_registry_is_described_without_a_pull(bench: &'static Bench) {
    let name = format!("{}/busybox:test", variable("REGISTRY"));
    let found = bench
        .engine
        .distribution_inspect(&name, &DistributionInspectOptions::default())
        .await
        .expect("the registry has it");
    let descriptor = found.descriptor;
    assert!(descriptor.digest.starts_with("sha256:") && descriptor.digest.len() == 71, "{}", descriptor.digest);
    assert!(descriptor.media_type.contains("manifest"), "{}", descriptor.media_type);
    assert!(descriptor.size > 100);
    let platforms = found.platforms;
    assert_eq!(platforms.len(), 1);
    assert_eq!(platforms[0].os.as_deref(), Some("linux"));
    assert!(platforms[0].architecture.as_deref().is_some_and(|architecture| !architecture.is_empty()));
}

async fn a_private_registry_wants_a_login(bench: &'static Bench) {
    let registry = variable("PRIVATE_REGISTRY");
    let name = format!("{registry}/busybox:test");
    let ask = async |password: Option<&str>| {
        let login = |password| AuthConfig::default().username("dock").password(password).serveraddress(&registry);
        let options = DistributionInspectOptions::default();
        let options = match password {
            Some(password) => options.x_registry_auth(login(password)),
            None => options,
        };
        bench.engine.distribution_inspect(&name, &options).await
    };
    let found = ask(Some("wright")).await.expect("the password is right");
    assert!(!found.descriptor.digest.is_empty());
    for password in [None, Some("wrong")] {
        let error = ask(password).await.expect_err("this is no login");
        assert!(matches!(&error, Error::Api { message, .. } if message.contains("auth")), "{error}");
    }
}

async fn a_stored_login_is_sent_by_itself_and_a_wrong_one_is_told(bench: &'static Bench) {
    let registry = variable("PRIVATE_REGISTRY");
    let name = format!("{registry}/busybox:test");
    let folder = folder([("config.json", &*format!(r#"{{"auths":{{"{registry}":{{"auth":"ZG9jazp3cmlnaHQ="}}}}}}"#))]);
    let stored = Credentials::from_folder(folder.path());
    let wrong = stored.clone().with_login(&registry, Login::password("dock", "hunter2"));
    let ask = async |credentials| {
        let engine = bench.engine.clone().with_credentials(credentials);
        engine.distribution_inspect(&name, &DistributionInspectOptions::default()).await
    };
    assert!(!ask(stored).await.expect("the login is stored").descriptor.digest.is_empty());
    let error = ask(wrong).await.expect_err("the password is wrong");
    let words = "(a stored login was sent; this program: found)";
    assert!(error.to_string().ends_with(words) && !error.to_string().contains("hunter2"), "{error}");
    assert!(matches!(&error, Error::Login { registry: Some(asked), .. } if *asked == registry), "{error}");
}

async fn an_image_that_the_registry_lacks_is_refused(bench: &'static Bench) {
    let name = format!("{}/no/such:image", variable("REGISTRY"));
    let error = bench
        .engine
        .distribution_inspect(&name, &DistributionInspectOptions::default())
        .await
        .expect_err("the registry lacks it");
    assert!(error.to_string().starts_with("distribution_inspect: 40"), "{error}");
}
