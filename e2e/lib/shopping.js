// From a shelf to an order, as buyers do it: with and without a script.
import { expect } from '@playwright/test'
import { told } from './looks.js'

export const ADDRESS = {
  'Full name': 'Amparo Robles Gil',
  'Street and number': 'Calle de Toledo 41, 2º B',
  Postcode: '28005',
  'Town or city': 'Madrid',
}

export const CARD = {
  good: 'Card ending in 4242',
  asks: 'Card ending in 3220',
  declined: 'Card ending in 0002',
}

/** Puts a piece of a shop into the basket; which of them is left to chance, so that tests do not empty one shelf. */
export async function addFrom(page, shop) {
  await expect(async () => {
    await page.goto(`/shop/${shop}`)
    const cards = page.getByRole('main').locator('.card h3 a')
    const count = await cards.count()
    await cards.nth(Math.floor(Math.random() * count)).click()
    await expect(page).toHaveURL(/\/p\//)
    // What is nearly gone is left to others; what is downloaded does not travel.
    expect(await page.getByText('Ready as soon as it is paid').count()).toBe(0)
    await expect(page.getByText('In stock', { exact: true })).toBeVisible({ timeout: 500 })
  }).toPass()
  await addThis(page)
}

/** Puts the piece that is looked at into the basket. */
export async function addThis(page) {
  const title = await page.getByRole('heading', { level: 1 }).innerText()
  await page.getByRole('button', { name: 'Add to basket' }).click()
  await expect(told(page)).toBeVisible()
  return title
}

/**
 * From the basket to the review; `email` only where nobody is signed in. What is downloaded does not travel: nobody asks how.
 */
export async function checkout(page, card, email, { travels = true } = {}) {
  await page.goto('/cart')
  await page.getByRole('link', { name: 'Go to checkout' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Where shall it go?')
  if (email) await page.getByLabel('E-mail address').fill(email)
  for (const [label, value] of Object.entries(ADDRESS)) await page.getByLabel(label, { exact: true }).fill(value)
  await page.getByLabel('Country').selectOption('ES')
  await page.getByLabel('Province').selectOption('ES-M')
  await page.getByRole('button', { name: 'On to delivery' }).click()
  if (travels) {
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('How shall it travel?')
    await page.getByRole('button', { name: 'On to payment' }).click()
  }
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('How will you pay?')
  await page.getByRole('radio', { name: card }).check()
  await page.getByRole('button', { name: 'Review the order' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Everything right?')
}

/** Orders what the review shows; says its total. */
export async function place(page) {
  const button = page.getByRole('button', { name: /^Order and pay/ })
  const total = (await button.innerText()).replace('Order and pay', '').trim()
  await button.click()
  await expect(page).not.toHaveURL(/checkout/)
  return total
}

/** Looks again at the order until it is paid, as its page advises. Ends on the order's own address; says it. */
export async function untilPaid(page) {
  const order = new URL(page.url()).pathname.match(/^\/orders\/[^/]+/)[0]
  await expect(async () => {
    const state = page.locator('.order-head .tag')
    if ((await state.innerText()) !== 'Confirmed') await page.goto(order)
    await expect(state).toHaveText('Confirmed', { timeout: 500 })
  }).toPass()
  return order
}

/** A guest's or a signed-in buyer's order, paid. Ends on its page. */
export async function buy(page, shops, email) {
  for (const shop of shops) await addFrom(page, shop)
  await checkout(page, CARD.good, email)
  await place(page)
  return untilPaid(page)
}
