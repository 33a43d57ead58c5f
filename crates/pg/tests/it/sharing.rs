use pg::{Error, Health, Managed, Origin};

use crate::scene::{Other, Scene, ask, is_server};

#[tokio::test]
async fn a_second_process_is_told_who_has_it() {
    let scene = Scene::new();
    let other = Other::begin("run", scene.path());
    let cause = Managed::start(scene.config()).await.unwrap_err();
    assert!(
        matches!(cause, Error::InUse { pid, .. } if pid == other.pid()),
        "{cause:?}"
    );
    other.end();
    scene.start().await.stop().await.unwrap();
}

#[tokio::test]
async fn a_second_process_may_share_the_server_and_leaves_it_running() {
    let scene = Scene::new();
    let other = Other::begin("run", scene.path());
    let shared = Managed::start(scene.config().share()).await.unwrap();
    assert_eq!(
        (shared.origin(), shared.pid()),
        (Origin::Shared, Some(other.server))
    );
    assert_eq!(ask(&shared.url(), "select 1").await.unwrap(), "1");
    shared.stop().await.unwrap();
    assert!(is_server(other.server));

    let shared = Managed::start(scene.config().share()).await.unwrap();
    let mut health = shared.watch();
    other.end();
    health.wait_for(|health| *health == Health::Gone).await.unwrap();
    shared.stop().await.unwrap();
}

#[tokio::test]
async fn the_first_of_those_who_share_runs_the_server() {
    let scene = Scene::new();
    // Both at once, on a directory that has no cluster yet.
    let (a, b) = tokio::join!(
        Managed::start(scene.config().share()),
        Managed::start(scene.config().share())
    );
    let (a, b) = (a.unwrap(), b.unwrap());
    let (owner, guest) = if a.origin() == Origin::Shared {
        (b, a)
    } else {
        (a, b)
    };
    assert_eq!(
        (owner.origin(), guest.origin()),
        (Origin::Created, Origin::Shared)
    );
    assert_eq!(owner.url(), guest.url());
    guest.stop().await.unwrap();
    assert_eq!(ask(&owner.url(), "select 1").await.unwrap(), "1");
    owner.stop().await.unwrap();
}
