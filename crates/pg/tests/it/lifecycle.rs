use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::time::Instant;

use pg::{Config, Health, Managed, Origin};

use crate::scene::{Scene, ask, is_server, server_pid};

#[tokio::test]
async fn the_first_start_makes_all_that_stoa_needs() {
    let scene = Scene::new();
    let managed = scene.start().await;
    assert_eq!(
        (managed.origin(), managed.health()),
        (Origin::Created, Health::Ready)
    );

    let (own, superuser) = (managed.url(), managed.superuser_url());
    for (url, question, answer) in [
        (
            &own,
            "select current_user || ' in ' || current_database()",
            "stoa in stoa",
        ),
        (
            &own,
            "select rolsuper or rolbypassrls or rolreplication from pg_roles where rolname = 'stoa'",
            "f",
        ),
        (
            &own,
            "select rolcreatedb and rolcreaterole from pg_roles where rolname = 'stoa'",
            "t",
        ),
        (
            &own,
            "select pg_get_userbyid(datdba) from pg_database where datname = 'stoa'",
            "stoa",
        ),
        (
            &own,
            "select 'a.b'::ltree <@ 'a' and similarity('stoa', 'stoa') = 1",
            "t",
        ),
        (
            &own,
            "create schema catalog; create role catalog_app; grant usage on schema catalog to catalog_app",
            "",
        ),
        (&superuser, "select current_user", "postgres"),
        (&superuser, "show server_encoding", "UTF8"),
        (&superuser, "show data_checksums", "on"),
        (&superuser, "show listen_addresses", ""),
        (&superuser, "show max_connections", "300"),
        (&superuser, "show jit", "off"),
        (&superuser, "show timezone", "UTC"),
        (&superuser, "show fsync", "off"),
        (
            &superuser,
            "select count(*) from pg_hba_file_rules where type <> 'local'",
            "0",
        ),
    ] {
        assert_eq!(ask(url, question).await.unwrap(), answer, "{question}");
    }

    // A database that the role makes has the extensions, though the role may not be able to make them.
    ask(&own, "create database copy").await.unwrap();
    let copy = own.replace("/stoa?", "/copy?");
    assert_eq!(
        ask(
            &copy,
            "select count(*) from pg_extension where extname in ('ltree', 'pg_trgm')"
        )
        .await
        .unwrap(),
        "2"
    );

    for private in [managed.socket_dir(), &scene.cluster()] {
        let mode = fs::metadata(private).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700, "{}", private.display());
    }
    managed.stop().await.unwrap();
}

#[tokio::test]
async fn a_durable_server_comes_back_with_its_data_in_no_time() {
    let scene = Scene::new();
    let config = Config::new(scene.data_dir());
    let began = Instant::now();
    let first = Managed::start(config.clone()).await.unwrap();
    println!("first start, with initdb: {:?}", began.elapsed());
    for setting in ["fsync", "synchronous_commit", "full_page_writes"] {
        assert_eq!(
            ask(&first.superuser_url(), &format!("show {setting}"))
                .await
                .unwrap(),
            "on",
            "{setting}"
        );
    }
    ask(
        &first.url(),
        "create table public.t (n int); insert into public.t values (42)",
    )
    .await
    .unwrap();
    let pid = first.pid().unwrap();
    let began = Instant::now();
    first.stop().await.unwrap();
    println!("stop: {:?}", began.elapsed());
    assert!(!is_server(pid));
    assert_eq!(
        server_pid(&scene.cluster()),
        None,
        "a clean stop leaves no pid file"
    );

    let began = Instant::now();
    let second = Managed::start(config).await.unwrap();
    println!("start of an existing cluster: {:?}", began.elapsed());
    assert!(began.elapsed().as_secs() < 5, "took {:?}", began.elapsed());
    assert_eq!(second.origin(), Origin::Started);
    assert_eq!(ask(&second.url(), "select n from public.t").await.unwrap(), "42");
    second.stop().await.unwrap();
}

#[tokio::test]
async fn dropping_it_stops_the_server() {
    let scene = Scene::new();
    let managed = scene.start().await;
    let pid = managed.pid().unwrap();
    let health = managed.watch();
    drop(managed);
    assert!(!is_server(pid));
    assert_eq!(*health.borrow(), Health::Stopped);
}

#[tokio::test]
async fn what_is_missing_is_made_again() {
    let scene = Scene::new();
    let managed = scene.start().await;
    let superuser = managed.superuser_url().replace("/stoa?", "/postgres?");
    ask(&managed.superuser_url(), "drop extension ltree")
        .await
        .unwrap();
    ask(&superuser, "alter role stoa nocreatedb").await.unwrap();
    managed.stop().await.unwrap();

    let managed = scene.start().await;
    assert_eq!(
        ask(&managed.url(), "select 'a.b'::ltree <@ 'a'").await.unwrap(),
        "t"
    );
    ask(&superuser, "drop database stoa").await.unwrap();
    managed.stop().await.unwrap();

    let managed = scene.start().await;
    assert_eq!(
        ask(&managed.url(), "select 'a.b'::ltree <@ 'a'").await.unwrap(),
        "t"
    );
    managed.stop().await.unwrap();
}

#[tokio::test]
async fn the_operators_own_settings_win() {
    let scene = Scene::new();
    scene.start().await.stop().await.unwrap();
    fs::write(scene.cluster().join("local.conf"), "work_mem = '7MB'\n").unwrap();
    let managed = scene.start().await;
    assert_eq!(ask(&managed.url(), "show work_mem").await.unwrap(), "7MB");
    managed.stop().await.unwrap();
}
