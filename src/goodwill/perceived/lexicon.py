"""Words as data: what people talk about and how they say it, in English and in Chinese."""

from collections.abc import Mapping

# Words that point to a dimension of value; a Chinese word counts wherever it stands within a term.
DIMENSION_WORDS: Mapping[str, tuple[str, ...]] = {
    "functional": (
        "function", "functions", "feature", "features", "useful", "performance", "capacity", "options",
        "compatible", "settings", "功能", "性能", "实用", "用途", "兼容",
    ),
    "quality": (
        "quality", "material", "durable", "defect", "defective", "broke", "broken", "sturdy", "made",
        "finish", "fabric", "worn", "fresh",
        "taste", "质量", "品质", "材料", "做工", "耐用", "结实", "新鲜", "坏了",
    ),
    "economic": (
        "price", "prices", "cheap", "cheaper", "expensive", "discount", "cost", "costs", "money", "fee",
        "fees", "coupon", "refund", "refunded", "bargain", "paid", "return",
        "价格", "便宜", "优惠", "折扣", "退款", "退货", "费用", "性价比", "涨价", "划算", "太贵",
    ),
    "service": (
        "service", "staff", "support", "hotline", "agent", "assistant", "courier", "delivery", "delivered",
        "shipping", "parcel", "advice", "polite", "rude", "friendly", "客服", "服务", "店员", "快递", "配送",
        "物流", "态度", "送货", "热线",
    ),
    "experience": (
        "app", "website", "site", "page", "login", "checkout", "search", "navigation", "store", "layout",
        "atmosphere", "screen", "体验", "应用", "网站", "界面", "页面", "登录", "结账", "搜索", "环境",
    ),
    "emotional": (
        "happy", "joy", "fun", "proud", "love", "loved", "comfortable", "relaxed", "delight", "开心", "快乐",
        "喜欢", "安心", "舒服", "愉快",
    ),
    "social": (
        "friends", "family", "colleagues", "community", "others", "status", "neighbours", "gift", "朋友",
        "家人", "同事", "社交", "面子", "送礼",
    ),
    "brand": (
        "brand", "reputation", "image", "famous", "name", "trusted", "品牌", "口碑", "名气", "形象", "信誉",
    ),
    "time": ("queue", "queues", "waiting", "wait", "hours", "minutes", "排队", "等待", "耗时", "等了"),
    "effort": ("complicated", "difficult", "confusing", "forms", "paperwork", "麻烦", "复杂", "繁琐", "费劲"),
    "risk": (
        "safe", "unsafe", "security", "privacy", "fraud", "scam", "leak", "安全", "隐私", "骗", "风险",
        "泄露",
    ),
}  # fmt: skip

# Chinese words of grammar: no topic, and a place to cut where there is no dictionary.
CHINESE_STOP = frozenset(
    "的了是我你他她它们这那在有和也都就不很还又吗呢吧啊被把给与及或但而且已经会能要想没一个"
)
