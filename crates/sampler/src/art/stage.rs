//! The studio: wall, table, floor or paper under the thing, and the light that falls on them.

use super::canvas::{Canvas, Path, fill, line};
use super::colour::Rgb;
use super::flora;
use super::lathe::{Finish, Lathe};
use super::wall::wall;
use crate::dice::{Dice, mix};

/// The colours of one studio setting.
#[derive(Clone, Copy)]
pub(crate) struct Palette {
    pub wall: Rgb,
    pub table: Rgb,
    pub accent: Rgb,
}

const fn palette(wall: u32, table: u32, accent: u32) -> Palette {
    Palette {
        wall: Rgb::hex(wall),
        table: Rgb::hex(table),
        accent: Rgb::hex(accent),
    }
}

const PALETTES: [Palette; 18] = [
    palette(0xeee3d3, 0xd9bf9b, 0xc77b58),
    palette(0xd79f80, 0xf0dcc6, 0x8f4a34),
    palette(0xb7c3aa, 0xece3d0, 0x6d7f5f),
    palette(0xa8bccb, 0xeae0d2, 0x56738a),
    palette(0xe8c6b9, 0xf7ebe0, 0xb9705f),
    palette(0xe2ba6c, 0xf5e6c6, 0xa8702c),
    palette(0x35575f, 0xc79d76, 0xd9a25f),
    palette(0x60404e, 0xcda18c, 0xd58a6f),
    palette(0xcfc7bc, 0xf0eae1, 0x8c7d6e),
    palette(0x868c63, 0xe7dcbd, 0x525a38),
    palette(0x2f3946, 0x9a7455, 0xb98a5a),
    palette(0xb0603f, 0xebd1b5, 0x7a3a25),
    palette(0xcdc4d6, 0xf0e9ea, 0x7d6c93),
    palette(0xc3d7cd, 0xf4efe3, 0x5f8f80),
    palette(0xf3ead9, 0xe9d5c0, 0x9aa98c),
    palette(0xd7b8a0, 0xa87d5c, 0x6f4a38),
    palette(0x7f9a9c, 0xeadfce, 0x34565c),
    palette(0xdcd3c2, 0xb98f68, 0x7a6a52),
];

pub(crate) const DARK: Rgb = Rgb::hex(0x2b1724);

const LAMP: Rgb = Rgb::hex(0xfff6e2);

pub(crate) const CREAM: Rgb = Rgb::hex(0xfbf3e4);

/// The studio colours for a thing of this colour: from the shop's own handful, and never wall on wall.
pub(crate) fn choose(house: u64, thing: Rgb, dice: &mut Dice) -> Palette {
    let mut best = PALETTES[0];
    let mut most = -1.0;
    for _ in 0..3 {
        // A shop photographs against few papers: a third of all are its own.
        let paper = mix(house, dice.below(7) as u64) % PALETTES.len() as u64;
        let candidate = PALETTES[paper as usize];
        let contrast = thing.distance(candidate.wall).min(260.0) + dice.real(0.0, 70.0);
        if contrast > most {
            (best, most) = (candidate, contrast);
        }
    }
    best
}

/// Where the far edge of the table meets the wall.
pub(crate) fn horizon(dice: &mut Dice) -> f32 {
    dice.real(585.0, 665.0)
}

/// A wall and a table before it.
pub(crate) fn table(canvas: &mut Canvas, palette: Palette, edge: f32, dice: &mut Dice) {
    wall(canvas, palette, edge, dice);
    let top = canvas.linear(
        (0.0, edge),
        (0.0, 1000.0),
        &[
            (0.0, palette.table.shade(0.12), 1.0),
            (0.35, palette.table, 1.0),
            (1.0, palette.table.light(0.3), 1.0),
        ],
    );
    canvas.rect(0.0, edge, (1000.0, 1000.0 - edge), 0.0, fill(top));
    canvas.rect(0.0, edge - 26.0, (1000.0, 26.0), 0.0, fill(DARK).alpha(0.07));
    canvas.rect(0.0, edge, (1000.0, 5.0), 0.0, fill(CREAM).alpha(0.35));
    match dice.below(5) {
        0 => planks(canvas, palette, edge, dice),
        1 => cloth_edge(canvas, palette, dice),
        2 => terrazzo(canvas, palette, edge, dice),
        _ => {}
    }
}

fn planks(canvas: &mut Canvas, palette: Palette, edge: f32, dice: &mut Dice) {
    let mut joints = Path::new();
    let shift = dice.real(-60.0, 60.0);
    for index in -4..=4 {
        let far = 500.0 + shift + index as f32 * 150.0;
        let near = 500.0 + shift * 1.5 + index as f32 * 262.0;
        joints.m(far, edge).l(near, 1000.0);
    }
    canvas.draw(&joints, line(palette.table.shade(0.45), 3.0).alpha(0.4));
    let mut grain = Path::new();
    for _ in 0..9 {
        let far = dice.real(-60.0, 1060.0);
        let near = 500.0 + (far - 500.0) * 1.75;
        let (a, b) = (dice.real(0.1, 0.5), dice.real(0.55, 1.0));
        let point = |u: f32| (far + (near - far) * u, edge + (1000.0 - edge) * u);
        grain.m(point(a).0, point(a).1).l(point(b).0, point(b).1);
    }
    canvas.draw(&grain, line(palette.table.shade(0.4), 2.0).alpha(0.25));
}

fn cloth_edge(canvas: &mut Canvas, palette: Palette, dice: &mut Dice) {
    // A linen runner lies across one corner of the table, its hem toward us.
    let left = dice.chance(50);
    let flip = |x: f32| if left { x } else { 1000.0 - x };
    let linen = linen_colour(palette);
    let (far, near) = (dice.real(250.0, 380.0), dice.real(470.0, 640.0));
    let shape = [
        (flip(-10.0), 735.0),
        (flip(far), 775.0),
        (flip(near), 1010.0),
        (flip(-10.0), 1010.0),
    ];
    let path = Path::polygon(&shape);
    canvas.open(if left { 9.0 } else { -5.0 }, 11.0, 0.0, (1.0, 1.0));
    canvas.draw(&path, fill(DARK).alpha(0.13));
    canvas.close();
    canvas.draw(&path, fill(linen));
    let mut wrinkles = Path::new();
    for share in [0.25, 0.62] {
        let x = far * share;
        wrinkles
            .m(flip(x), 748.0)
            .q(flip(x + 60.0), 850.0, flip(x + 30.0), 1000.0);
    }
    canvas.draw(&wrinkles, line(DARK, 9.0).alpha(0.06));
    let mut hem = Path::new();
    for (inset, _) in [(20.0, 0), (40.0, 0)] {
        hem.m(flip(-10.0), 735.0 + inset * 1.1)
            .l(flip(far - inset * 0.8), 775.0 + inset)
            .l(flip(near - inset * 1.5), 1010.0);
    }
    canvas.draw(&hem, line(palette.accent, 4.5).alpha(0.75));
    let mut threads = Path::new();
    for index in 0..16 {
        let u = index as f32 / 16.0;
        let (x, y) = (far + (near - far) * u, 775.0 + 235.0 * u);
        threads.m(flip(x), y).l(flip(x + 22.0), y - 3.0);
    }
    canvas.draw(&threads, line(linen.shade(0.06), 4.0));
}

/// Linen is cream, or the accent's pale sister where cream would vanish.
fn linen_colour(palette: Palette) -> Rgb {
    if palette.table.luma() > 205.0 {
        palette.accent.light(0.5)
    } else {
        CREAM.shade(0.03)
    }
}

fn terrazzo(canvas: &mut Canvas, palette: Palette, edge: f32, dice: &mut Dice) {
    let (mut dark, mut warm) = (Path::new(), Path::new());
    for index in 0..30 {
        let y = edge + 22.0 + (980.0 - edge) * dice.real(0.0, 1.0);
        let chips = if index % 2 == 0 { &mut dark } else { &mut warm };
        chips.chip(dice.real(0.0, 1000.0), y, dice.real(3.0, 13.0));
    }
    canvas.draw(&dark, line(palette.table.shade(0.5), 6.0).alpha(0.3));
    canvas.draw(&warm, line(palette.accent, 7.0).alpha(0.45));
}

/// One sheet of paper, bent from wall to table: no edge at all.
pub(crate) fn sweep(canvas: &mut Canvas, palette: Palette, base: f32, dice: &mut Dice) {
    let paper = if dice.chance(75) {
        palette.wall
    } else {
        palette.accent.light(0.25)
    };
    let bend = canvas.linear(
        (0.0, 0.0),
        (0.0, 1000.0),
        &[
            (0.0, paper.light(0.16), 1.0),
            ((base - 190.0) / 1000.0, paper.shade(0.08), 1.0),
            (base / 1000.0, paper.light(0.14), 1.0),
            (1.0, paper.light(0.34), 1.0),
        ],
    );
    canvas.rect(0.0, 0.0, (1000.0, 1000.0), 0.0, fill(bend));
    let lamp = canvas.radial(0.5, 0.5, 0.5, &[(0.0, LAMP, 0.5), (1.0, LAMP, 0.0)]);
    canvas.ellipse(
        dice.real(260.0, 420.0),
        dice.real(250.0, 380.0),
        620.0,
        520.0,
        fill(lamp),
    );
    let corner = canvas.radial(0.42, 0.4, 0.78, &[(0.6, DARK, 0.0), (1.0, DARK, 0.2)]);
    canvas.rect(0.0, 0.0, (1000.0, 1000.0), 0.0, fill(corner));
}

/// A block of stone or painted wood that lifts small things; its foot stands at `base`.
pub(crate) fn plinth(canvas: &mut Canvas, cx: f32, base: f32, size: (f32, f32), colour: Rgb) {
    let block = Lathe::new(cx, base, size, 0.24, &[(0.0, 1.0), (1.0, 1.0)]);
    cast(canvas, cx, base, size.0, 0.24);
    block.lay(canvas, colour, Finish::Matte);
    block.light(canvas, Finish::Matte);
    block.cap(canvas, colour.light(0.2));
}

/// A room: wall, skirting, floor.
pub(crate) fn room(canvas: &mut Canvas, palette: Palette, edge: f32, dice: &mut Dice) {
    wall(canvas, palette, edge, dice);
    let floor = palette.table;
    let paint = canvas.linear(
        (0.0, edge),
        (0.0, 1000.0),
        &[(0.0, floor.shade(0.2), 1.0), (1.0, floor.light(0.15), 1.0)],
    );
    canvas.rect(0.0, edge, (1000.0, 1000.0 - edge), 0.0, fill(paint));
    if dice.chance(60) {
        planks(canvas, palette, edge, dice);
    } else {
        floor_tiles(canvas, palette, edge);
    }
    canvas.rect(
        0.0,
        edge - 30.0,
        (1000.0, 30.0),
        0.0,
        fill(palette.wall.light(0.45)),
    );
    canvas.rect(0.0, edge - 30.0, (1000.0, 3.0), 0.0, fill(DARK).alpha(0.15));
    canvas.rect(0.0, edge, (1000.0, 14.0), 0.0, fill(DARK).alpha(0.14));
}

fn floor_tiles(canvas: &mut Canvas, palette: Palette, edge: f32) {
    let mut joints = Path::new();
    for index in -5..=5 {
        joints
            .m(500.0 + index as f32 * 130.0, edge)
            .l(500.0 + index as f32 * 250.0, 1000.0);
    }
    let mut y = edge;
    let mut step = 30.0;
    while y < 990.0 {
        y += step;
        step *= 1.32;
        joints.m(0.0, y).l(1000.0, y);
    }
    canvas.draw(&joints, line(palette.table.light(0.6), 3.0).alpha(0.5));
}

/// A plain wall on which something hangs, with a peg or none.
pub(crate) fn hanging(canvas: &mut Canvas, palette: Palette, dice: &mut Dice) {
    let edge = if dice.chance(40) {
        dice.real(880.0, 930.0)
    } else {
        1000.0
    };
    wall(canvas, palette, edge, dice);
    if edge < 1000.0 {
        let top = canvas.linear(
            (0.0, edge),
            (0.0, 1000.0),
            &[
                (0.0, palette.table.light(0.2), 1.0),
                (1.0, palette.table.shade(0.14), 1.0),
            ],
        );
        canvas.rect(0.0, edge, (1000.0, 1000.0 - edge), 0.0, fill(top));
        canvas.rect(0.0, edge, (1000.0, 4.0), 0.0, fill(CREAM).alpha(0.5));
    }
}

/// A surface seen from above.
pub(crate) fn flat_lay(canvas: &mut Canvas, palette: Palette, dice: &mut Dice) {
    let ground = if dice.chance(60) {
        palette.wall
    } else {
        palette.table
    };
    let paint = canvas.linear(
        (60.0, 0.0),
        (940.0, 1000.0),
        &[
            (0.0, ground.light(0.3), 1.0),
            (0.5, ground, 1.0),
            (1.0, ground.shade(0.15), 1.0),
        ],
    );
    canvas.rect(0.0, 0.0, (1000.0, 1000.0), 0.0, fill(paint));
    match dice.below(6) {
        0 => {
            // Two sheets of paper meet under the thing.
            let tilt = dice.real(-120.0, 120.0);
            let x = dice.real(420.0, 640.0);
            let sheet = [
                (x + tilt, 0.0),
                (1000.0, 0.0),
                (1000.0, 1000.0),
                (x - tilt, 1000.0),
            ];
            let second = if ground == palette.wall {
                palette.table
            } else {
                palette.wall
            };
            canvas.open(-12.0, 6.0, 0.0, (1.0, 1.0));
            canvas.draw(&Path::polygon(&sheet), fill(DARK).alpha(0.12));
            canvas.close();
            canvas.draw(&Path::polygon(&sheet), fill(second));
        }
        1 => boards(canvas, ground, dice),
        2 => {
            let from = (dice.real(720.0, 1000.0), -80.0);
            flora::shadow_branch(
                canvas,
                from,
                215.0,
                760.0,
                ground.shade(0.6),
                0.14,
                dice.chance(60),
            );
        }
        3 => linen(canvas, palette, dice),
        4 => {
            let tint = palette.accent.mix(ground, 0.45);
            canvas.circle(
                dice.real(430.0, 570.0),
                dice.real(430.0, 570.0),
                dice.real(330.0, 400.0),
                fill(tint).alpha(0.6),
            );
        }
        _ => {
            let glow = canvas.linear(
                (0.0, 0.0),
                (1000.0, 700.0),
                &[(0.0, CREAM, 0.45), (1.0, CREAM, 0.0)],
            );
            let x = dice.real(-100.0, 200.0);
            let beam = [
                (x, 0.0),
                (x + 330.0, 0.0),
                (x + 860.0, 1000.0),
                (x + 360.0, 1000.0),
            ];
            canvas.draw(&Path::polygon(&beam), fill(glow));
        }
    }
}

fn boards(canvas: &mut Canvas, ground: Rgb, dice: &mut Dice) {
    let wide = dice.real(180.0, 260.0);
    let mut joints = Path::new();
    let mut x = dice.real(0.0, wide);
    while x < 1000.0 {
        joints.m(x, 0.0).l(x, 1000.0);
        x += wide;
    }
    let mut grain = Path::new();
    for _ in 0..12 {
        let (x, y) = (dice.real(0.0, 1000.0), dice.real(0.0, 700.0));
        grain.m(x, y).q(
            x + dice.real(-12.0, 12.0),
            y + 120.0,
            x + dice.real(-8.0, 8.0),
            y + dice.real(180.0, 380.0),
        );
    }
    canvas.draw(&grain, line(ground.shade(0.5), 2.5).alpha(0.2));
    canvas.draw(&joints, line(ground.shade(0.6), 5.0).alpha(0.35));
}

fn linen(canvas: &mut Canvas, palette: Palette, dice: &mut Dice) {
    let cloth = if palette.wall.luma() > 200.0 {
        palette.accent.light(0.5)
    } else {
        CREAM.shade(0.02)
    };
    let turn = dice.real(-16.0, 16.0);
    canvas.open(500.0, 500.0, turn, (1.0, 1.0));
    canvas.rect(-392.0, -380.0, (800.0, 800.0), 12.0, fill(DARK).alpha(0.14));
    canvas.rect(-400.0, -400.0, (800.0, 800.0), 8.0, fill(cloth));
    let weave = canvas.pattern((8.0, 8.0), 0.0, |c| {
        let mut thread = Path::from(0.0, 2.0);
        thread.l(8.0, 2.0).m(6.0, 0.0).l(6.0, 8.0);
        c.draw(&thread, line(DARK, 1.2).alpha(0.1));
    });
    canvas.rect(-400.0, -400.0, (800.0, 800.0), 8.0, fill(weave));
    let mut wrinkles = Path::from(-400.0, dice.real(-200.0, 200.0));
    wrinkles.q(0.0, dice.real(-90.0, 90.0), 400.0, dice.real(-200.0, 200.0));
    wrinkles.m(dice.real(-200.0, 200.0), -400.0).q(
        dice.real(-60.0, 60.0),
        0.0,
        dice.real(-200.0, 200.0),
        400.0,
    );
    canvas.draw(&wrinkles, line(DARK, 10.0).alpha(0.06));
    canvas.rect(
        -374.0,
        -374.0,
        (748.0, 748.0),
        2.0,
        line(palette.accent, 5.0).alpha(0.75),
    );
    canvas.rect(
        -358.0,
        -358.0,
        (716.0, 716.0),
        2.0,
        line(palette.accent, 2.5).alpha(0.75),
    );
    canvas.close();
}

/// The shadow of something standing: dark where it touches, long to the right.
pub(crate) fn cast(canvas: &mut Canvas, cx: f32, base: f32, half: f32, tilt: f32) {
    let soft = canvas.soft_shadow(DARK);
    canvas.uncounted(|c| {
        c.ellipse(
            cx + half * 0.72,
            base + half * 0.03,
            half * 1.75,
            half * (tilt * 0.9 + 0.05),
            fill(soft).alpha(0.62),
        );
        c.ellipse(
            cx + half * 0.08,
            base + half * tilt * 0.35,
            half * 1.18,
            half * tilt * 1.05 + 7.0,
            fill(soft),
        );
    });
}

/// The shadow of something lying flat or hanging: the shape itself, moved.
pub(crate) fn drop(canvas: &mut Canvas, shape: &Path, far: f32) {
    canvas.open(far, far * 1.15, 0.0, (1.0, 1.0));
    canvas.draw(shape, fill(DARK).alpha(0.13));
    canvas.close();
    canvas.open(far * 0.4, far * 0.5, 0.0, (1.0, 1.0));
    canvas.draw(shape, fill(DARK).alpha(0.17));
    canvas.close();
}

/// A band of light on the ground before a thing seen from near.
pub(crate) fn drop_floor(canvas: &mut Canvas, palette: Palette, base: f32) {
    let ground = canvas.linear(
        (0.0, base - 60.0),
        (0.0, 1000.0),
        &[
            (0.0, palette.table, 0.0),
            (0.4, palette.table, 0.55),
            (1.0, palette.table.light(0.3), 0.8),
        ],
    );
    canvas.rect(0.0, base - 60.0, (1000.0, 1060.0 - base), 0.0, fill(ground));
}

/// The bright upper edge of something that lies flat.
pub(crate) fn edge_light(canvas: &mut Canvas, x: f32, y: f32, wide: f32) {
    canvas.rect(x + 10.0, y + 1.0, (wide - 20.0, 4.0), 2.0, fill(CREAM).alpha(0.4));
}
