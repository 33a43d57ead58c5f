//! Column names in the languages that the first table does not hold: German, French, Portuguese and more Italian.

use super::fields::{Field, WeightUnit};

/// What a name in snake_case means there. Accents are gone by now: `größe` is `grosse`.
pub fn elsewhere(name: &str) -> Option<Field> {
    use Field as F;
    Some(match name {
        "artikelnummer" | "artikel_nr" | "artikelnr" | "art_nr" | "bestellnummer" => F::Sku(1),
        "codice" | "codice_articolo" | "codigo_do_produto" | "code_article" | "reference_produit" => {
            F::Sku(1)
        }
        "referenz" | "riferimento" => F::Sku(2),
        "titel" | "titre" | "bezeichnung" | "artikelbezeichnung" | "designation" | "intitule" => F::Title(0),
        "produktname"
        | "artikelname"
        | "produkttitel"
        | "nom_du_produit"
        | "nombre_del_articulo"
        | "nombre_articulo"
        | "nome_do_produto"
        | "nome_prodotto"
        | "nome_del_prodotto"
        | "denominacion" => F::Title(1),
        "nom" | "produkt" | "artikel" | "producto" | "articulo" | "produit" | "article" | "produto"
        | "prodotto" | "articolo" => F::Title(2),
        "beschreibung" | "descricao" | "produktbeschreibung" => F::Description(0),
        "langbeschreibung" | "description_longue" | "descricao_longa" => F::Description(1),
        "kurzbeschreibung" | "description_courte" | "descricao_curta" | "descrizione_breve" => {
            F::Description(2)
        }
        "marke" | "marque" => F::Brand(0),
        "hersteller" | "fabricant" | "produttore" => F::Brand(1),
        "lieferant" | "fournisseur" | "fornecedor" | "fornitore" => F::Brand(2),
        "kategorie" | "categorie" | "warengruppe" => F::Category(0),
        "kategorien" => F::Category(1),
        "produkttyp" | "type_de_produit" | "tipo_de_produto" => F::Category(2),
        "schlagworte"
        | "schlagworter"
        | "stichworte"
        | "mots_cles"
        | "etiquetas_de_producto"
        | "etichette" => F::Tags,
        "materialien" | "matiere" | "matieres" | "materiaux" | "materiais" => F::Materials,
        "preis" | "verkaufspreis" | "vk" | "vk_preis" | "einzelpreis" | "bruttopreis" | "prix"
        | "prix_de_vente" | "prix_ttc" | "prix_unitaire" | "preco" | "preco_de_venda" | "precio_venta"
        | "precio_de_venta" | "pvp" | "prezzo_di_vendita" => F::Price(0),
        "normalpreis" | "prix_normal" | "preco_normal" | "prezzo_di_listino" => F::Price(1),
        "angebotspreis" | "aktionspreis" | "sonderpreis" | "prix_promo" | "prix_promotionnel"
        | "prix_solde" | "preco_promocional" | "prezzo_scontato" => F::SalePrice,
        "streichpreis" | "uvp" | "prix_barre" | "preco_anterior" | "prezzo_originale" => F::CompareAt,
        "wahrung" | "wahrungscode" | "devise" | "moeda" | "valuta" => F::Currency,
        "bestand" | "lagerbestand" | "menge" | "anzahl" | "stuck" | "stuckzahl" | "quantite"
        | "quantite_en_stock" | "estoque" | "quantidade" | "unidades" | "unites" | "giacenza"
        | "disponibilita" => F::Stock,
        "gewicht" | "poids" => F::Weight(WeightUnit::Stated),
        "gewicht_g" | "poids_g" => F::Weight(WeightUnit::Gram),
        "gewicht_kg" | "poids_kg" => F::Weight(WeightUnit::Kilogram),
        "gewichtseinheit" | "unite_de_poids" | "unidade_de_peso" => F::WeightUnit,
        "strichcode" | "barcode_ean" | "code_barres" | "code_barre" | "codigo_barras" | "codice_a_barre" => {
            F::Gtin(0)
        }
        "bild" | "bilder" | "bild_url" | "bildlink" | "hauptbild" | "imagem" | "imagens" | "url_imagen"
        | "url_de_imagen" | "url_image" | "lien_image" | "url_da_imagem" => F::Image(0),
        "alternativtext" | "texte_alternatif" | "testo_alternativo" => F::ImageAlt,
        "zustand_status" | "statut" | "stato" => F::Status,
        "veroffentlicht" | "aktiv" | "publie" | "actif" | "ativo" | "attivo" => F::Published,
        _ => return None,
    })
}
