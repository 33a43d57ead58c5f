// What makers do with what was sold.
import { expect } from '@playwright/test'
import { told } from './looks.js'

/** The first link on a page that begins so. */
export async function pathOf(page, at, start) {
  await page.goto(at)
  return page.getByRole('main').locator(`a[href^="${start}"]`).first().getAttribute('href')
}

/** The seller's page of a part of an order, found in the list as a seller finds it. */
export async function sale(page, number) {
  await page.goto('/seller/orders?state=confirmed')
  const path = await page.getByRole('link', { name: number, exact: true }).getAttribute('href')
  return path
}

/** Packs it, sends all of it in one parcel, and says that it has arrived. */
export async function deliver(page, path) {
  await page.goto(path)
  await page.getByRole('button', { name: 'Mark as packed' }).click()
  await expect(told(page)).toBeVisible()
  const ship = page.locator('section', { has: page.getByRole('heading', { name: 'Hand it to the carrier' }) })
  await ship.getByLabel('Carrier').fill('Correos')
  await ship.getByLabel('Tracking number').fill('PQ4A2B')
  await ship.getByRole('button', { name: 'Mark as sent' }).click()
  await expect(page.locator('.order-head .tag')).toHaveText('On its way')
  await page.getByRole('button', { name: /^Mark as delivered/ }).click()
  await expect(page.locator('.order-head .tag')).toHaveText('Delivered')
}
