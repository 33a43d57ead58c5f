// Every page there is, and who looks at it.
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'

const TABLE = resolve('../crates/storefront/src/web/mod.rs')

/** Addresses of the program's table of pages that are no pages: documents, files, and what only leads on. */
export const NO_PAGES = ['/robots.txt', '/checkout', '/orders/{id}/return', '/seller/uploads/{id}/events']
const FILES = ['/seller/settlement/statement', '/seller/settlement/year']
const isFile = (address) => /\.(pdf|csv)$/.test(address) || FILES.includes(address)

/** The addresses of all pages, as the program's own table has them. */
export function addresses() {
  const table = readFileSync(TABLE, 'utf8')
  const found = [...table.matchAll(/\.get\(\s*"([^"]+)"/g)].map((match) => match[1])
  return found.filter((address) => !NO_PAGES.includes(address) && !isFile(address))
}

/**
 * Pages by face: what each is called in its screenshots, its address in the program's table, and where it is here.
 * One address may be worth several looks.
 */
export const pagesOf = (found) => ({
  // A guest with a full basket and an order at the bank.
  guest: [
    ['home', '/', '/'],
    ['category', '/c/{*path}', '/c/ceramics'],
    ['search', '/search', '/search?q=bowl'],
    ['search-filtered', '/search', '/search?q=bowl&seller=alfareria-tres-hornos&attr.Size=Medium&sort=price_up'],
    ['search-ranges', '/search', '/search?price_min=10&price_max=80&rating=4&near=28012'],
    ['search-nothing', '/search', '/search?q=qqzzxx'],
    ['product', '/p/{slug}', found.product],
    ['product-made', '/p/{slug}', found.made],
    ['product-reviews', '/p/{slug}/reviews', `${found.product}/reviews`],
    ['shop', '/shop/{slug}', '/shop/alfareria-tres-hornos'],
    ['shop-reviews', '/shop/{slug}/reviews', '/shop/alfareria-tres-hornos/reviews'],
    ['wishlist', '/wishlist', '/wishlist'],
    ['viewed', '/viewed', '/viewed'],
    ['compare', '/compare', found.compare],
    ['cart', '/cart', '/cart'],
    ['checkout-address', '/checkout/address', '/checkout/address'],
    ['checkout-delivery', '/checkout/delivery', '/checkout/delivery'],
    ['checkout-payment', '/checkout/payment', '/checkout/payment'],
    ['checkout-review', '/checkout/review', '/checkout/review'],
    ['bank', '/sandbox/3ds/{reference}', found.bank],
    ['order-declined', '/orders/{id}', found.declined],
    ['order-pay', '/orders/{id}/pay', `${found.declined}/pay`],
    ['sign-in', '/sign-in', '/sign-in'],
    ['register', '/register', '/register'],
    ['open-a-shop', '/open-a-shop', '/open-a-shop'],
    ['forgot-password', '/forgot-password', '/forgot-password'],
    ['reset-password', '/reset-password', found.reset],
    ['reset-password-spent', '/reset-password', '/reset-password?token=spent'],
    ['invitation', '/invitation', found.invitation],
    ['invitation-spent', '/invitation', '/invitation?token=spent'],
    ['help', '/help', '/help'],
    ['about', '/about', '/about'],
    ['components', '/dev/components', '/dev/components'],
    ['downloads', '/downloads/{pass}', found.downloads],
    ['mails', '/dev/mail', '/dev/mail'],
    ['mail', '/dev/mail/{id}', found.mail],
    ['not-found', '', '/p/nothing-of-the-kind'],
  ],
  buyer: [
    ['account', '/account', '/account'],
    ['orders', '/orders', '/orders'],
    ['order', '/orders/{id}', found.order],
    ['reviews', '/account/reviews', '/account/reviews'],
    ['review-new', '/account/reviews/new', found.reviewNew],
    ['review', '/account/reviews/{id}', found.review],
    ['wishlist', '/wishlist', '/wishlist'],
    ['wishlist-shared', '/wishlist/shared/{token}', found.wishlist],
    ['messages', '/account/messages', '/account/messages'],
    ['message', '/account/messages/{id}', found.thread],
    ['message-new', '/account/messages/new', found.ask],
    ['cart-empty', '/cart', '/cart'],
    ['forbidden', '', '/seller'],
  ],
  applicant: [
    ['home', '/seller', '/seller'],
    ['check-list', '/seller/shop', '/seller/shop'],
    ['products-none', '/seller/products', '/seller/products'],
    ['orders-none', '/seller/orders', '/seller/orders'],
    ['settlement-none', '/seller/settlement', '/seller/settlement'],
    ['promotions-none', '/seller/promotions', '/seller/promotions'],
    // It works once, so this comes last of its kind.
    ['verify-email', '/verify-email', found.verify],
  ],
  seller: [
    ['home', '/seller', '/seller'],
    ['orders', '/seller/orders', '/seller/orders'],
    ['orders-to-pack', '/seller/orders', '/seller/orders?state=confirmed'],
    ['order', '/seller/orders/{id}', found.sale],
    ['returns', '/seller/returns', '/seller/returns'],
    ['reviews', '/seller/reviews', '/seller/reviews'],
    ['messages', '/seller/messages', '/seller/messages'],
    ['message', '/seller/messages/{id}', found.sellerThread],
    ['products', '/seller/products', '/seller/products'],
    ['products-none', '/seller/products', '/seller/products?q=qqzzxx'],
    ['product-new', '/seller/products/new', '/seller/products/new'],
    ['product', '/seller/products/{id}', found.editor],
    ['product-history', '/seller/products/{id}/history', `${found.editor}/history`],
    ['product-same-as', '/seller/products/{id}/same-as', `${found.editor}/same-as`],
    ['stock', '/seller/stock', '/seller/stock'],
    ['stock-low', '/seller/stock', '/seller/stock?low=1'],
    ['settlement', '/seller/settlement', '/seller/settlement'],
    ['holds', '/seller/settlement/holds', '/seller/settlement/holds'],
    ['payouts', '/seller/settlement/payouts', '/seller/settlement/payouts'],
    ['warehouses', '/seller/warehouses', '/seller/warehouses'],
    ['goods', '/seller/goods', '/seller/goods'],
    ['goods-new', '/seller/goods/new', '/seller/goods/new'],
    ['goods-one', '/seller/goods/{id}', found.goods],
    ['feeds', '/seller/feeds', '/seller/feeds'],
    ['feed', '/seller/feeds/{id}', found.feed],
    ['uploads', '/seller/uploads', '/seller/uploads'],
    ['upload', '/seller/uploads/{id}', found.upload],
    ['upload-file', '/seller/uploads/{id}', found.file],
    ['promotions', '/seller/promotions', '/seller/promotions'],
    ['promotion-new', '/seller/promotions/new', '/seller/promotions/new'],
    ['staff', '/seller/staff', '/seller/staff'],
    ['shop', '/seller/shop', '/seller/shop'],
  ],
  operator: [
    ['overview', '/operator', '/operator'],
    ['overview-weeks', '/operator', '/operator?by=week'],
    ['system', '/operator/system', '/operator/system'],
    ['shops', '/operator/shops', '/operator/shops'],
    ['shop', '/operator/shops/{id}', found.shop],
    ['shop-applied', '/operator/shops/{id}', found.applied],
    ['ledger', '/operator/ledger', '/operator/ledger'],
    ['payments', '/operator/payments', '/operator/payments'],
    ['payments-ended', '/operator/payments', '/operator/payments?state=ended'],
    ['payment', '/operator/payments/{order}', found.payment],
    ['payouts', '/operator/payouts', '/operator/payouts'],
    ['reconciliation', '/operator/reconciliation', '/operator/reconciliation'],
    ['gift-cards', '/operator/gift-cards', '/operator/gift-cards'],
    ['taxes', '/operator/taxes', '/operator/taxes'],
    ['reviews', '/operator/reviews', '/operator/reviews'],
    ['messages', '/operator/messages', '/operator/messages'],
    ['message', '/operator/messages/{id}', found.reported],
    ['categories', '/operator/categories', '/operator/categories'],
    ['category', '/operator/categories', found.category],
    ['search', '/operator/search', '/operator/search'],
    ['search-tried', '/operator/search', '/operator/search?q=cobalt+bowl'],
    ['moderation', '/operator/moderation', '/operator/moderation'],
    ['items', '/operator/items', '/operator/items'],
  ],
})
