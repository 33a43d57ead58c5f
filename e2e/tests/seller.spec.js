// The seller's day: what was sold is packed and sent, stock is counted, a coupon is made and used, a return is answered.
import { expect, test, stateOf } from '../lib/test.js'
import { DESK, PHONE, fitsItsWidth, told as done } from '../lib/looks.js'
import { SELLER, newEmail } from '../lib/people.js'
import { CARD, addFrom, buy, checkout, place, untilPaid } from '../lib/shopping.js'
import { deliver, sale } from '../lib/selling.js'

const main = (page) => page.getByRole('main')

test.use({ storageState: async ({}, use) => use(stateOf('seller')) })

for (const [name, viewport] of [['at a desk', DESK], ['on a phone', PHONE]]) {
  test.describe(name, () => {
    test.use({ viewport })

    test(`the seller packs and sends an order with a label ${name}`, async ({ page, as }) => {
      const buyer = await as()
      await buy(buyer, [SELLER.shop], newEmail('parcel'))
      const number = (await buyer.locator('.suborder-head .one-line').innerText()).trim()

      await page.goto('/seller')
      await main(page).getByRole('link', { name: /^Paid, to be made ready/ }).click()
      await expect(page).toHaveURL(/state=confirmed/)
      await page.getByRole('link', { name: number, exact: true }).click()
      await expect(main(page)).toContainText('Calle de Toledo 41')
      await isPaper(page, 'Packing slip (PDF)')
      await isPaper(page, 'Invoice (PDF)')

      await page.getByRole('button', { name: 'Mark as packed' }).click()
      await expect(page.locator('.order-head .tag')).toHaveText('Packed')
      const book = page.locator('section', { has: page.getByRole('heading', { name: 'Book a label' }) })
      await book.getByLabel('Weight in grams').fill('1200')
      await book.getByRole('button', { name: 'Book the label' }).click()
      await expect(done(page)).toBeVisible()
      // The carrier answers a moment later.
      await expect(async () => {
        await page.reload()
        await expect(page.getByRole('link', { name: /^Label \(PDF\)/ })).toBeVisible({ timeout: 500 })
      }).toPass()
      await isPaper(page, /^Label \(PDF\)/)
      await page.getByRole('button', { name: /^Handed to the carrier/ }).click()
      // The order hears of it from the carrier.
      await expect(async () => {
        await page.reload()
        await expect(page.locator('.order-head .tag')).toHaveText('On its way', { timeout: 500 })
      }).toPass()
      await fitsItsWidth(page, 'the order that is sent')

      await buyer.reload()
      await expect(buyer.locator('.order-head .tag')).toHaveText('On its way')
    })

    test(`the seller answers a return and gives the money back ${name}`, async ({ page, as }) => {
      test.slow()
      const buyer = await as()
      const order = await buy(buyer, [SELLER.shop], newEmail('return'))
      const number = (await buyer.locator('.suborder-head .one-line').innerText()).trim()
      await deliver(page, await sale(page, number))
      await buyer.goto(order)
      await buyer.getByText('Return something').click()
      const form = buyer.locator('form[action$="/returns"]')
      await form.locator('input[type=number]').first().fill('1')
      await form.getByLabel('Why?').selectOption('damaged')
      await form.getByRole('button', { name: 'Ask for the return' }).click()
      await expect(done(buyer)).toContainText('The maker has your request')

      await page.goto('/seller/returns')
      await page.getByRole('link', { name: number, exact: true }).click()
      await page.getByLabel('How to send it back (optional)').fill('Calle Alfareros 3, Úbeda. We pay the postage.')
      await page.getByRole('button', { name: /^Agree/ }).click()
      await expect(page.locator('.return-case .tag')).toHaveText('To be sent back')
      await buyer.reload()
      await expect(main(buyer)).toContainText('We pay the postage.')
      await buyer.getByRole('button', { name: /^It is sent/ }).click()
      await expect(buyer.locator('.return-case .tag')).toHaveText('On its way back')

      await page.reload()
      await page.getByText('Has it come back?').click()
      await page.getByRole('button', { name: /^It is here/ }).click()
      // The money goes back by way of the bank.
      await expect(async () => {
        await page.reload()
        await expect(page.locator('.return-case .tag')).toHaveText('Refunded', { timeout: 500 })
      }).toPass()
      await fitsItsWidth(page, 'the order that came back')
      await buyer.reload()
      await expect(main(buyer).locator('.totals')).toContainText('Refunded')
    })
  })
}

test('the seller counts an article', async ({ page }) => {
  await page.goto('/seller/stock?q=E2E-DISH')
  const field = page.getByLabel(/^Units of E2E-DISH/)
  for (const units of ['11', '8']) {
    await field.fill(units)
    await field.press('Enter')
    await expect(done(page)).toHaveText('Counted.')
    await expect(field).toHaveValue(units)
  }
})

test('a coupon that the seller makes takes something off for a buyer, until it is ended', async ({ page, as }) => {
  const code = `SPRING-${Date.now().toString(36)}`.toUpperCase()
  await page.goto('/seller/promotions')
  await page.getByRole('link', { name: 'New promotion' }).first().click()
  await page.getByLabel('Name').fill(`Spring ${code}`)
  await page.getByLabel('Coupon').fill(code)
  await page.getByLabel('Share, %').fill('200')
  await page.getByRole('button', { name: 'Create the promotion' }).click()
  await expect(page.getByLabel('Share, %')).toHaveAttribute('aria-invalid', 'true')
  await expect(page.getByLabel('Coupon')).toHaveValue(code)
  await page.getByLabel('Share, %').fill('20')
  await page.getByRole('button', { name: 'Create the promotion' }).click()
  await expect(done(page)).toContainText('The promotion is made')

  const buyer = await as()
  await addFrom(buyer, SELLER.shop)
  // Baskets know it within seconds.
  await expect(async () => {
    await buyer.goto('/cart')
    await buyer.getByLabel('Coupon').fill(code)
    await buyer.getByRole('button', { name: 'Use it' }).click()
    await expect(buyer.locator('.totals')).toContainText(`Spring ${code}`, { timeout: 1000 })
  }).toPass()
  await checkout(buyer, CARD.good, newEmail('coupon'))
  await place(buyer)
  await untilPaid(buyer)
  await expect(main(buyer).locator('.totals')).toContainText(`Spring ${code}`)

  await page.goto('/seller/promotions')
  const row = page.getByRole('row', { name: new RegExp(code) })
  await expect(row).toContainText('20% off')
  await row.getByText('End').first().click()
  await row.getByLabel('Why do you end it?').fill('Spring is over')
  await row.getByRole('button', { name: 'End it now' }).click()
  await expect(done(page)).toContainText('Ended')
})

test('the seller reads what is owed, the same on both pages', async ({ page }) => {
  // Others buy meanwhile: the two are read once more if something was sold in between.
  await expect(async () => {
    await page.goto('/seller')
    const owed = await main(page).getByRole('link', { name: /^You are owed/ }).locator('.figure-value').innerText()
    await page.goto('/seller/settlement')
    const inAll = main(page).locator('.figures-row li', { hasText: 'You are owed in all' }).locator('.figure-value')
    await expect(inAll).toHaveText(owed, { timeout: 500 })
  }).toPass()
})

test('a warehouse form that is refused says of each field why, and keeps what was typed', async ({ page }) => {
  await page.goto('/seller/warehouses')
  await page.getByText('Open a warehouse').click()
  const form = page.locator('form[action="/seller/warehouses"]')
  await form.getByLabel('Name', { exact: true }).fill('Nowhere')
  await form.getByLabel('Short name').fill('NOWHERE')
  await form.getByLabel('Country').selectOption('PT')
  await form.getByLabel('Province').selectOption('ES-M')
  await form.getByLabel('Postcode').fill('28012')
  await form.getByLabel('Town or city').fill('Madrid')
  await form.getByRole('button', { name: 'Save' }).click()
  await expect(form.getByLabel('Province')).toHaveAttribute('aria-invalid', 'true')
  await form.getByLabel('Country').selectOption('ES')
  await form.getByLabel(/^What a parcel from here costs/).fill('-1')
  await form.getByRole('button', { name: 'Save' }).click()
  await expect(form.getByText('Write an amount of 0 or more')).toBeVisible()
  await expect(form.getByLabel('Name', { exact: true })).toHaveValue('Nowhere')
  await page.getByRole('button', { name: 'Español' }).click()
  await expect(page).toHaveURL(/\/seller\/warehouses$/)
})

/** A document that is one. */
async function isPaper(page, name) {
  const href = await page.getByRole('link', { name }).first().getAttribute('href')
  const answer = await page.request.get(href)
  expect(answer.status(), href).toBe(200)
  expect(answer.headers()['content-type'], href).toBe('application/pdf')
  expect((await answer.body()).subarray(0, 5).toString(), href).toBe('%PDF-')
}
