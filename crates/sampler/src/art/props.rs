//! Small company for the thing on show: never louder than it.

use super::canvas::{Canvas, Path, fill, line};
use super::colour::Rgb;
use super::flora::{self, Plant};
use super::lathe::{Finish, Lathe};
use super::stage::{self, CREAM, DARK, Palette};
use crate::dice::Dice;

/// The colour of a prop that stays behind: half wall, half clay.
fn quiet(palette: Palette, dice: &mut Dice) -> Rgb {
    let clay = *dice.pick(&[palette.accent, palette.table, CREAM, Rgb::hex(0xb98a68)]);
    palette.wall.mix(clay, 0.62)
}

/// Something on the table behind the thing, standing at (`x`, `y`).
pub(crate) fn behind(canvas: &mut Canvas, x: f32, y: f32, palette: Palette, dice: &mut Dice) {
    let tone = quiet(palette, dice);
    canvas.open(x, y, 0.0, (1.0, 1.0));
    match dice.below(4) {
        0 => bud_vase(canvas, tone, dice),
        1 => books(canvas, [tone, palette.accent, CREAM.shade(0.06)], dice),
        2 => {
            let cup = Lathe::new(
                0.0,
                0.0,
                (62.0, 104.0),
                0.2,
                &[(0.0, 0.8), (0.1, 0.9), (1.0, 1.0)],
            );
            stage::cast(canvas, 0.0, 0.0, 58.0, 0.2);
            cup.lay(canvas, tone, Finish::Matte);
            cup.dim(canvas);
            cup.mouth(canvas, tone, tone, 7.0);
        }
        _ => {
            let jug = Lathe::new(
                0.0,
                0.0,
                (78.0, 230.0),
                0.2,
                &[(0.0, 0.62), (0.35, 1.0), (0.72, 0.5), (0.9, 0.38), (1.0, 0.5)],
            );
            stage::cast(canvas, 0.0, 0.0, 62.0, 0.2);
            jug.lay(canvas, tone, Finish::Matte);
            jug.dim(canvas);
            jug.mouth(canvas, tone, tone, 6.0);
        }
    }
    canvas.close();
}

/// Something small in front, lying around (`x`, `y`).
pub(crate) fn before(canvas: &mut Canvas, x: f32, y: f32, palette: Palette, dice: &mut Dice) {
    canvas.open(x, y, 0.0, (1.0, 1.0));
    match dice.below(5) {
        0 => flora::lying_sprig(
            canvas,
            (-60.0, 20.0),
            dice.real(70.0, 110.0),
            190.0,
            Rgb::hex(0x78886a),
        ),
        1 => pebbles(canvas, palette, dice),
        2 => figs(canvas, dice),
        3 => walnuts(canvas, dice),
        _ => flora::lying_sprig(
            canvas,
            (70.0, 10.0),
            dice.real(-112.0, -74.0),
            180.0,
            Rgb::hex(0x9aa07e),
        ),
    }
    canvas.close();
}

pub(crate) fn bud_vase(canvas: &mut Canvas, tone: Rgb, dice: &mut Dice) {
    let vase = Lathe::new(
        0.0,
        0.0,
        (58.0, 150.0),
        0.2,
        &[(0.0, 0.6), (0.3, 1.0), (0.66, 0.5), (0.88, 0.24), (1.0, 0.34)],
    );
    stage::cast(canvas, 0.0, 0.0, 46.0, 0.2);
    let plant = *dice.pick(&[
        Plant::Olive,
        Plant::Eucalyptus,
        Plant::Wheat,
        Plant::Daisy,
        Plant::Pampas,
        Plant::Blossom,
    ]);
    for degrees in [-16.0, 15.0] {
        let stem = flora::Stem::new(
            (0.0, vase.top() + 14.0),
            degrees + dice.real(-6.0, 6.0),
            dice.real(190.0, 250.0),
            degrees,
        );
        flora::grow(canvas, plant, &stem, 200.0, dice);
    }
    vase.lay(canvas, tone, Finish::Matte);
    vase.dim(canvas);
}

pub(crate) fn books(canvas: &mut Canvas, colours: [Rgb; 3], dice: &mut Dice) {
    stage::cast(canvas, 0.0, 0.0, 120.0, 0.1);
    let mut y = 0.0;
    for colour in colours {
        let (wide, tall) = (dice.real(190.0, 250.0), dice.real(26.0, 44.0));
        let x = -wide / 2.0 + dice.real(-14.0, 14.0);
        y -= tall;
        canvas.rect(x, y, (wide, tall), 3.0, fill(colour));
        canvas.rect(
            x + wide - 26.0,
            y + 5.0,
            (26.0, tall - 10.0),
            0.0,
            fill(CREAM.shade(0.08)),
        );
        canvas.rect(x, y, (wide, 5.0), 2.0, fill(CREAM).alpha(0.25));
        canvas.rect(x + 26.0, y, (7.0, tall), 0.0, fill(CREAM).alpha(0.3));
        canvas.rect(x, y + tall - 4.0, (wide, 4.0), 0.0, fill(DARK).alpha(0.2));
    }
}

fn ball(canvas: &mut Canvas, x: f32, y: f32, size: (f32, f32), skin: Rgb) {
    let round = canvas.radial(
        0.36,
        0.3,
        0.75,
        &[
            (0.0, skin.light(0.5), 1.0),
            (0.5, skin, 1.0),
            (1.0, skin.shade(0.42), 1.0),
        ],
    );
    canvas.ellipse(
        x + size.0 * 0.25,
        y + size.1 * 0.86,
        size.0 * 1.1,
        size.1 * 0.26,
        fill(DARK).alpha(0.24),
    );
    canvas.ellipse(x, y, size.0, size.1, fill(round));
}

fn pebbles(canvas: &mut Canvas, palette: Palette, dice: &mut Dice) {
    for (x, y, r) in [(-40.0, 0.0, 44.0), (36.0, 14.0, 30.0)] {
        let stone = Rgb::hex(0xb9afa6).mix(palette.accent, dice.real(0.1, 0.4));
        ball(canvas, x, y, (r, r * 0.62), stone);
    }
}

fn figs(canvas: &mut Canvas, dice: &mut Dice) {
    let skin = Rgb::hex(0x56405e);
    ball(canvas, -34.0, 0.0, (40.0, 36.0), skin);
    let mut neck = Path::from(-40.0, -34.0);
    neck.q(-34.0, -54.0, -22.0, -58.0);
    canvas.draw(&neck, line(skin.light(0.2), 9.0));
    if dice.chance(60) {
        canvas.ellipse(54.0, 34.0, 46.0, 10.0, fill(DARK).alpha(0.22));
        canvas.ellipse(46.0, 12.0, 40.0, 32.0, fill(skin));
        canvas.ellipse(46.0, 8.0, 35.0, 27.0, fill(Rgb::hex(0xf0dfc8)));
        canvas.ellipse(46.0, 9.0, 26.0, 19.0, fill(Rgb::hex(0xc8566a)));
        canvas.ellipse(
            46.0,
            9.0,
            15.0,
            10.0,
            line(Rgb::hex(0xf3d9a8), 9.0).dash(3.0, 5.0),
        );
    }
}

fn walnuts(canvas: &mut Canvas, dice: &mut Dice) {
    for (x, y) in [(-44.0, 2.0), (28.0, 16.0)] {
        let shell = Rgb::hex(0xb98d5e).shade(dice.real(0.0, 0.14));
        ball(canvas, x, y, (34.0, 29.0), shell);
        let mut seam = Path::from(x - 30.0, y - 8.0);
        seam.q(x, y + 10.0, x + 31.0, y - 8.0)
            .m(x - 16.0, y - 20.0)
            .q(x - 8.0, y - 10.0, x - 14.0, y)
            .m(x + 8.0, y - 22.0)
            .q(x + 14.0, y - 12.0, x + 8.0, y - 2.0);
        canvas.draw(&seam, line(shell.shade(0.4), 3.5).alpha(0.7));
    }
}

/// A cup of coffee from above, for flat lays.
pub(crate) fn coffee_above(canvas: &mut Canvas, x: f32, y: f32, tone: Rgb) {
    canvas.circle(x + 14.0, y + 18.0, 128.0, fill(DARK).alpha(0.18));
    canvas.circle(x, y, 128.0, fill(tone.light(0.2)));
    canvas.circle(x, y, 104.0, line(tone.shade(0.12), 3.0).alpha(0.5));
    canvas.rect(x + 62.0, y - 16.0, (56.0, 30.0), 14.0, fill(tone.shade(0.14)));
    canvas.circle(x + 5.0, y + 7.0, 82.0, fill(DARK).alpha(0.2));
    canvas.circle(x, y, 80.0, fill(tone.light(0.4)));
    canvas.circle(x, y, 68.0, fill(Rgb::hex(0x5b3a28)));
    canvas.circle(x - 4.0, y - 4.0, 56.0, line(Rgb::hex(0xb98455), 9.0).alpha(0.8));
}
