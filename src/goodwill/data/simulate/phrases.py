"""What simulated customers talk about: themes, each with its words in English and in Chinese."""

from typing import Literal, NamedTuple

KINDS = ("pain", "concern", "expectation", "praise")


class Phrases(NamedTuple):
    """The words of a theme: what it is about, and what is said of it by kind (in the order of `KINDS`)."""

    subjects: tuple[str, ...]
    said: tuple[tuple[str, ...], ...]


class Theme(NamedTuple):
    """A theme, the dimension of value it belongs to, and its words."""

    name: str
    dimension: str
    en: Phrases
    zh: Phrases


THEMES = (
    Theme("delivery", "service", Phrases(
        ("The delivery", "My parcel", "The courier", "Shipping"),
        (("arrived a week late", "was left in the rain", "went to the wrong address, tracking was useless"),
         ("might not make it before the holidays", "has no tracking number, will it arrive on time"),
         ("should take two days at most", "ought to offer an evening slot and live tracking"),
         ("came a day early", "was on the doorstep on time, tracking was spot on")),
    ), Phrases(
        ("快递", "包裹", "配送", "物流"),
        (("晚了一个星期才送到", "淋了雨才收到", "送错地址而且物流信息不准"),
         ("节前会不会来不及送到", "没有物流单号，担心不能准时到货"),
         ("希望两天之内送达", "应该提供晚间配送和实时物流跟踪"),
         ("提前一天就送到了", "准时送到家门口，物流信息很准")),
    )),
    Theme("price", "economic", Phrases(
        ("The price", "What I paid", "The discount", "Shipping fees and prices"),
        (("is far too expensive", "went up twice this year", "was higher than the advertised discount price"),
         ("may rise again soon, is it cheaper elsewhere", "seems expensive, is it worth the money"),
         ("should drop for loyal customers", "ought to include a coupon or a bulk discount"),
         ("is cheap and fair", "was a bargain, great value for money with the coupon")),
    ), Phrases(
        ("价格", "商品售价", "折扣", "优惠券和价格"),
        (("太贵了", "今年涨价两次", "比宣传的折扣价还高"),
         ("会不会又要涨价，别家是不是更便宜", "有点贵，不知道值不值这个价钱"),
         ("希望老顾客能再便宜一点", "应该多发优惠券和满减折扣"),
         ("便宜又公道", "很划算，用了优惠券性价比很高")),
    )),
    Theme("quality", "quality", Phrases(
        ("The product", "The material", "The finish", "The fabric"),
        (("broke after two weeks", "feels flimsy and the seams came apart", "was scratched and badly made"),
         ("looks thin, will it last", "may wear out quickly, is the material durable"),
         ("should last for years", "ought to be sturdier and better made"),
         ("is sturdy and beautifully made", "feels solid, durable and well finished")),
    ), Phrases(
        ("质量", "材料", "做工", "面料"),
        (("用了两周就坏了", "很差而且接缝裂开", "有划痕，粗糙得很"),
         ("看起来单薄，担心不耐用", "会不会很快磨损，结实吗"),
         ("希望可以用好几年", "应该更结实更精细一些"),
         ("结实耐用，非常精致", "扎实，手感很好")),
    )),
    Theme("staff", "service", Phrases(
        ("The support team", "The hotline", "The shop assistant", "The chat agent"),
        (("kept me waiting for an hour", "was rude and did not call back", "could not answer easy questions"),
         ("may not be reachable at weekends", "gave two different answers, whom should I believe"),
         ("should call back the same day", "ought to be reachable by phone and know the answers"),
         ("was friendly and patient", "answered my question in minutes and was kind")),
    ), Phrases(
        ("客服", "热线电话", "店员", "在线客服人员"),
        (("让我等了一个小时", "态度粗鲁，一直没有回电", "连简单的问题都回答不了"),
         ("周末会不会联系不上", "给了两种答复，不知道该信谁"),
         ("应该当天回电话", "希望电话能打通并且专业解答"),
         ("态度友好很有耐心", "几分钟就解答了问题，态度亲切")),
    )),
    Theme("app", "experience", Phrases(
        ("The app", "The website", "The checkout page", "The login screen"),
        (("crashes whenever I pay", "logged me out and lost my basket", "is slow, its search finds nothing"),
         ("asks for my password again, is the login safe", "loads slowly, was my payment recorded"),
         ("should remember my basket", "ought to offer fingerprint login and a faster search"),
         ("is fast and easy to use", "makes checkout simple, the search works like a charm")),
    ), Phrases(
        ("手机应用", "网站", "结账页面", "登录界面"),
        (("一付款就闪退", "自动退出还清空了购物车", "很慢，搜索什么都找不到"),
         ("反复要求输入密码，登录安全吗", "加载很慢，担心付款页面出错"),
         ("应该记住购物车", "希望支持指纹登录和更快的搜索"),
         ("打开快，操作简单", "结账方便，搜索好用")),
    )),
    Theme("returns", "economic", Phrases(
        ("The return", "My refund", "The exchange", "The return label"),
        (("took six weeks", "was refused without a reason", "cost me the postage and three forms"),
         ("may take weeks, when is the refund booked", "has strict rules, can I still send it back"),
         ("should be free of charge", "ought to be refunded within three days of sending it back"),
         ("was booked the next day", "was free and the refund came at once")),
    ), Phrases(
        ("退货", "退款", "换货", "退货单"),
        (("拖了六个星期", "无缘无故被拒绝", "还要自己付邮费填三张表"),
         ("要等好几周吗，什么时候到账", "规定很严，还能不能寄回去"),
         ("应该免费", "希望寄回后三天内到账"),
         ("第二天就到账了", "免费而且马上办好")),
    )),
)  # fmt: skip

FILLERS: dict[Literal["en", "zh"], tuple[str, ...]] = {
    "en": ("Thank you.", "I have been a customer for years.", "No further remarks.",
           "My sister told me about you.", "Just saying.", "That is all from me."),
    "zh": ("谢谢。", "我是多年的老顾客。", "没有其他意见。", "是姐姐推荐我来的。", "随便说说。", "就这些。"),
}  # fmt: skip
