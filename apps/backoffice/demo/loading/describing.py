"""What stands below a product's pictures, as HTML that the allow-list lets through."""

from django.utils.html import escape

from apps.backoffice.demo.reading import DemoSpu, shop_words


def chinese_description(spu: DemoSpu) -> str:
    """Return why one wants it, what it is made of, how to keep it, and who answers for it."""
    words = shop_words()
    reasons = "".join(f"<li>{escape(point)}</li>" for point in spu.points)
    care = "".join(f"<p>{escape(line)}</p>" for line in words["care"][spu.care])
    merchant = words["merchants"][spu.merchant]
    return (
        f"<h3>{escape(spu.subtitle)}</h3><p>{escape(spu.about)}</p><ul>{reasons}</ul>"
        f"<h3>规格参数</h3>{_facts(spu)}"
        f"<h3>使用与保养</h3>{care}"
        f"<h3>{escape(merchant['name'])}</h3><p>{escape(merchant['about'])}</p>"
    )


def _facts(spu: DemoSpu) -> str:
    words = shop_words()
    rows = [("品牌", words["brands"][spu.brand]["name"]), ("商品编号", spu.code)]
    rows += [(name, spu.attributes[name]) for name in words["attributes"] if name in spu.attributes]
    rows += [(axis.name, "、".join(option.name for option in axis.options)) for axis in spu.axes]
    rows += [("毛重", f"{spu.weight_grams / 1000:g} 千克")]
    cells = "".join(f"<tr><th>{escape(a)}</th><td>{escape(b)}</td></tr>" for a, b in rows)
    return f"<table><tbody>{cells}</tbody></table>"
