use std::fs;
use std::os::unix::process::CommandExt;
use std::process::Command;
use std::time::{Duration, Instant};

use pg::{Config, Error, Health, Managed, Origin};
use rustix::process::Signal;

use crate::scene::{
    Other, Scene, ask, children, command_line, is_server, kill, kill_all, server_pid, wait_until,
};

const ONE_ROW: &str = "create table public.t (n int); insert into public.t values (42)";

#[tokio::test]
async fn a_server_that_dies_is_started_again() {
    let scene = Scene::new();
    let managed = Managed::start(Config::new(scene.data_dir())).await.unwrap();
    ask(&managed.url(), ONE_ROW).await.unwrap();
    let mut health = managed.watch();
    let before = managed.pid().unwrap();

    let began = Instant::now();
    kill_all(before);
    health
        .wait_for(|health| *health == Health::Restarting { attempt: 1 })
        .await
        .unwrap();
    let ready = health.wait_for(|health| *health == Health::Ready);
    tokio::time::timeout(Duration::from_secs(20), ready)
        .await
        .unwrap()
        .unwrap();
    println!("died and came back: {:?}", began.elapsed());

    assert_ne!(managed.pid().unwrap(), before);
    assert_eq!(
        ask(&managed.superuser_url(), "select n from public.t")
            .await
            .unwrap(),
        "42"
    );
    managed.stop().await.unwrap();
}

#[tokio::test]
async fn all_killed_and_started_again() {
    let scene = Scene::new();
    let other = Other::begin("run", scene.path());
    let server = other.server;
    other.kill();
    kill_all(server);

    let began = Instant::now();
    let managed = scene.start().await;
    println!("start after a crash: {:?}", began.elapsed());
    assert_eq!(managed.origin(), Origin::Started);
    assert_eq!(ask(&managed.url(), "select 1").await.unwrap(), "1");
    managed.stop().await.unwrap();
}

#[tokio::test]
async fn a_server_that_outlives_a_killed_stoa_is_adopted() {
    let scene = Scene::new();
    let other = Other::begin("run", scene.path());
    let server = other.server;
    other.kill();
    assert!(is_server(server));

    let began = Instant::now();
    let managed = scene.start().await;
    println!("adoption: {:?}", began.elapsed());
    assert_eq!((managed.origin(), managed.pid()), (Origin::Adopted, Some(server)));
    assert_eq!(ask(&managed.url(), "select 1").await.unwrap(), "1");

    managed.stop().await.unwrap();
    assert!(!is_server(server), "an adopted server is stopped like any other");
    assert_eq!(server_pid(&scene.cluster()), None, "and cleanly");
}

#[tokio::test]
async fn an_adopted_server_that_dies_is_started_again() {
    let scene = Scene::new();
    let other = Other::begin("run", scene.path());
    let server = other.server;
    other.kill();
    let managed = scene.start().await;
    let mut health = managed.watch();
    kill_all(server);
    health
        .wait_for(|health| matches!(health, Health::Restarting { .. }))
        .await
        .unwrap();
    health.wait_for(|health| *health == Health::Ready).await.unwrap();
    assert_eq!(ask(&managed.url(), "select 1").await.unwrap(), "1");
    managed.stop().await.unwrap();
}

#[tokio::test]
async fn a_server_that_is_just_stopping_is_waited_for() {
    let scene = Scene::new();
    let other = Other::begin("run", scene.path());
    let server = other.server;
    other.kill();
    kill(server, Signal::INT);
    let managed = scene.start().await;
    // Either it was seen while it still took connections, or a new one was started: it must stay.
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(ask(&managed.url(), "select 1").await.unwrap(), "1");
    managed.stop().await.unwrap();
}

/// A session that computes does not notice that its server is dead, and holds the shared memory of the cluster.
#[tokio::test]
async fn busy_sessions_of_a_dead_server_are_ended() {
    let scene = Scene::new();
    let managed = scene.start().await;
    let url = managed.superuser_url();
    managed.stop().await.unwrap();
    // A server that nobody watches.
    let other = Other::begin("run", scene.path());
    let server = other.server;
    other.kill();

    let busy = ask(
        &url,
        "select count(*) from pg_class a, pg_class b, pg_class c, pg_class d, pg_class e",
    );
    let crash = async {
        let session = loop {
            let busy = |pid: &u32| command_line(*pid).contains("[local] SELECT");
            match children(server).into_iter().find(busy) {
                Some(session) => break session,
                None => tokio::time::sleep(Duration::from_millis(5)).await,
            }
        };
        kill(server, Signal::KILL);
        tokio::time::sleep(Duration::from_millis(300)).await;
        assert!(is_server(session), "it computes on");

        let began = Instant::now();
        let managed = scene.start().await;
        println!(
            "start over a busy session of a dead server: {:?}",
            began.elapsed()
        );
        assert_eq!(managed.origin(), Origin::Started);
        assert!(!is_server(session));
        assert_eq!(ask(&managed.url(), "select 1").await.unwrap(), "1");
        managed.stop().await.unwrap();
    };
    let (answer, ()) = tokio::join!(busy, crash);
    answer.unwrap_err();
}

/// What it leaves is an `initdb` that works on for a while, without anybody who waits for it.
#[tokio::test]
async fn a_first_start_that_is_killed_half_way() {
    let scene = Scene::new();
    for attempt in 1..=3 {
        let half_made = scene
            .data_dir()
            .join(format!("postgres/cluster.new-{attempt}/PG_VERSION"));
        let mut process = Other::command("run", scene.path()).spawn().unwrap();
        wait_until("initdb is at work", || half_made.exists());
        process.kill().unwrap();
        process.wait().unwrap();
        assert!(!scene.cluster().exists());
    }

    let managed = scene.start().await;
    assert_eq!(managed.origin(), Origin::Created);
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(ask(&managed.url(), "select 1").await.unwrap(), "1");
    assert_eq!(managed.health(), Health::Ready);
    managed.stop().await.unwrap();
}

/// After a reboot the pid in a stale file may be any program of the same user.
#[tokio::test]
async fn a_reused_pid_is_not_taken_for_a_server() {
    let scene = Scene::new();
    let managed = scene.start().await;
    let file = fs::read_to_string(scene.cluster().join("postmaster.pid")).unwrap();
    let socket_lock = managed.socket_dir().join(".s.PGSQL.5432.lock");
    managed.stop().await.unwrap();

    let mut stranger = Command::new("sleep");
    if rustix::process::geteuid().is_root() {
        let (uid, gid) = scene.account();
        stranger.uid(uid).gid(gid);
    }
    let mut stranger = stranger.arg("600").spawn().unwrap();
    let rest = file.split_once('\n').unwrap().1;
    let stale = format!("{}\n{rest}", stranger.id());
    fs::write(scene.cluster().join("postmaster.pid"), &stale).unwrap();
    fs::write(socket_lock, &stale).unwrap();

    let managed = scene.start().await;
    assert_eq!(managed.origin(), Origin::Started);
    managed.stop().await.unwrap();
    assert!(
        stranger.try_wait().unwrap().is_none(),
        "the other program was left alone"
    );
    stranger.kill().unwrap();
    stranger.wait().unwrap();
}

/// The server of a deleted cluster notices within a minute and removes its socket on the way out. By then that would
/// be the socket of the new server.
#[tokio::test]
async fn the_server_of_a_deleted_cluster_is_ended() {
    let scene = Scene::new();
    let other = Other::begin("run", scene.path());
    let server = other.server;
    other.kill();
    fs::remove_dir_all(scene.data_dir()).unwrap();
    assert!(is_server(server));

    let managed = scene.start().await;
    assert_eq!(managed.origin(), Origin::Created);
    assert!(!is_server(server));
    assert_eq!(ask(&managed.url(), "select 1").await.unwrap(), "1");
    managed.stop().await.unwrap();
}

#[tokio::test]
async fn a_server_that_cannot_start_says_why() {
    let scene = Scene::new();
    scene.start().await.stop().await.unwrap();
    fs::write(scene.cluster().join("local.conf"), "shared_bufers = 1\n").unwrap();
    let cause = Managed::start(scene.config()).await.unwrap_err();
    assert!(matches!(cause, Error::NotStarted { .. }), "{cause:?}");
    assert!(cause.to_string().contains("shared_bufers"), "{cause}");

    fs::remove_file(scene.cluster().join("local.conf")).unwrap();
    scene.start().await.stop().await.unwrap();
}
