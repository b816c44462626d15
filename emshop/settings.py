"""All settings, in one file. The environment says what differs between machines; ``.env.example`` lists it."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

import django_stubs_ext
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from emshop import env

django_stubs_ext.monkeypatch()

# --- Where and how we run ----------------------------------------------------------------------

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(env.text("EMSHOP_VAR", str(BASE_DIR / "var")))
DEBUG = env.flag("EMSHOP_DEBUG")
PROCESS_KIND = env.text("EMSHOP_PROCESS", "command")  # web | worker | beat | command
SITE_URL = env.text("EMSHOP_SITE_URL", f"http://127.0.0.1:{env.text('EMSHOP_PORT', '8000')}")
IS_HTTPS = SITE_URL.startswith("https://")
ALLOWED_HOSTS = env.words("EMSHOP_ALLOWED_HOSTS", f"{urlsplit(SITE_URL).hostname},localhost")
TRUSTED_PROXY_HOPS = int(env.text("EMSHOP_TRUSTED_PROXY_HOPS", "0"))


def _secret(name: str) -> str:
    value = env.text(name)
    if not value:
        raise ImproperlyConfigured(
            f"{name} is not set. `make run` makes one under var/; elsewhere see docs/deployment.md."
        )
    return value


SECRET_KEY = _secret("EMSHOP_SECRET_KEY")
DATA_KEYS = env.words("EMSHOP_DATA_KEYS") or [
    _secret("EMSHOP_DATA_KEYS")
]  # Fernet keys, newest first
INDEX_KEY = _secret("EMSHOP_INDEX_KEY")  # of the keyed hashes that personal data is found by

# --- Applications ------------------------------------------------------------------------------

OUR_APPS = [
    "apps.core",
    "apps.regions",
    "apps.messaging",
    "apps.accounts",
    "apps.merchants",
    "apps.catalog",
    "apps.ledger",
    "apps.inventory",
    "apps.content",
    "apps.orders",
    "apps.cart",
    "apps.logistics",
    "apps.payments",
    "apps.search",
    "apps.checkout",
    "apps.notifications",
    "apps.backoffice",
    "apps.shop",
]
INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",  # its default would put its own site in place of ours
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "unfold.contrib.import_export",
    "unfold.contrib.simple_history",
    *OUR_APPS,  # before Django's own, so that `createsuperuser` is ours
    "emshop.apps.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.sitemaps",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "corsheaders",
    "channels",
    "csp",
    "django_htmx",
    "import_export",
    "simple_history",
    "django_structlog",
    "django_prometheus",
]
MIDDLEWARE = [
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "apps.core.middleware.RequestContextMiddleware",
    "csp.middleware.CSPMiddleware",
    "apps.core.csp.LooserPolicyMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "apps.core.middleware.CleanInputMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
]
ROOT_URLCONF = "emshop.urls"
WSGI_APPLICATION = "emshop.wsgi.application"
ASGI_APPLICATION = "emshop.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.template.context_processors.i18n",
                "django.contrib.messages.context_processors.messages",
                "apps.shop.frame.frame",
            ],
        },
    },
]
WEB_THREADS = int(env.text("EMSHOP_WEB_THREADS", "6"))  # of one web process, a connection each
WEB_LONG_ANSWERS = 32  # downloads that run beside them
WEB_MAX_BODY_BYTES = 50 * 1024 * 1024  # a large ledger or price list; views ask for far less
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SILENCED_SYSTEM_CHECKS: list[str] = []

# --- Database: one PostgreSQL ------------------------------------------------------------------

_LOCK_SECONDS, _STATEMENT_SECONDS = {"web": (3, 5), "worker": (10, 60)}.get(PROCESS_KIND, (30, 0))


def _database(url: str) -> dict[str, object]:
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    timeouts = (
        f"-c lock_timeout={_LOCK_SECONDS}s -c statement_timeout={_STATEMENT_SECONDS}s"
        f" -c idle_in_transaction_session_timeout={10 if PROCESS_KIND == 'web' else 120}s"
    )
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "emshop",
        "USER": unquote(parts.username or "postgres"),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.get("host", parts.hostname or ""),
        "PORT": str(parts.port or query.get("port", "")),
        "CONN_MAX_AGE": None,  # the web's threads and the workers live long; each keeps its connection
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"options": timeouts, "application_name": f"emshop-{PROCESS_KIND}"},
        "TEST": {"NAME": f"test_{unquote(parts.path.lstrip('/')) or 'emshop'}"},
    }


DATABASES = {
    "default": _database(env.text("EMSHOP_DATABASE_URL", "postgresql://postgres@127.0.0.1/emshop"))
}

# --- Redis, Celery, Channels -------------------------------------------------------------------

REDIS_URL = env.text("EMSHOP_REDIS_URL", "redis://127.0.0.1:6379/0")
BROKER_URL = env.text("EMSHOP_BROKER_URL", REDIS_URL)
CACHES = {
    "default": {
        "BACKEND": "django_redis.cache.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": env.text("EMSHOP_CACHE_PREFIX", "emshop"),
        "OPTIONS": {
            "IGNORE_EXCEPTIONS": True,  # browsing goes on without Redis, slower
            "SOCKET_CONNECT_TIMEOUT": 0.5,
            "SOCKET_TIMEOUT": 0.5,
        },
    },
}
DJANGO_REDIS_LOG_IGNORED_EXCEPTIONS = True
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [REDIS_URL], "prefix": env.text("EMSHOP_CACHE_PREFIX", "emshop")},
    },
}
CELERY_BROKER_URL = BROKER_URL
CELERY_TASK_DEFAULT_QUEUE = env.text("EMSHOP_QUEUE", "emshop")
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SOFT_TIME_LIMIT = 240
CELERY_TASK_TIME_LIMIT = 300
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {
        "visibility_timeout": 600,
        "socket_connect_timeout": 1,
        "socket_timeout": 5,
        # a request never waits for a broker that is away; the sweep brings what no hint has brought
        "max_retries": 1,
        "interval_start": 0,
        "interval_step": 0.1,
        "interval_max": 0.1,
    }
    if BROKER_URL.startswith("redis")
    else {}
)
CELERY_VISIBILITY_TIMEOUT = 600
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "celerybeat-schedule")
CELERY_BEAT_SCHEDULE = {
    "tick": {"task": "apps.core.tasks.tick", "schedule": 1.0, "options": {"expires": 5}},
}
CELERY_TIMEZONE = "UTC"

# --- People and sessions -----------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["apps.accounts.backends.ContactBackend"]
LOGIN_URL, LOGIN_REDIRECT_URL = "sign-in", "/"
LOGOUT_REDIRECT_URL = "/"
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("nickname", "phone", "email")},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.BCryptSHA256PasswordHasher",
    "django.contrib.auth.hashers.Argon2PasswordHasher",
]
SESSION_ENGINE = "apps.accounts.session_store"
SESSION_COOKIE_AGE = int(timedelta(days=14).total_seconds())
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
ACCESS_TOKEN_LIFETIME, REFRESH_TOKEN_LIFETIME = timedelta(minutes=30), timedelta(days=14)
OTP_TOTP_ISSUER = "EMShop"
STAFF_SECOND_FACTOR = env.flag("EMSHOP_STAFF_SECOND_FACTOR", default=True)

# --- Languages, time, money --------------------------------------------------------------------

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = USE_TZ = True
TIME_ZONE = "Asia/Shanghai"
CURRENCY = "CNY"

# --- Files -------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = Path(env.text("EMSHOP_STATIC_ROOT", str(VAR_DIR / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_URL = "/media/"
MEDIA_ROOT = VAR_DIR / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or env.flag("EMSHOP_PLAIN_STATIC")
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
# source maps are large and read by nobody but a debugger
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ["map", "png", "webp", "jpg", "gz", "br", "woff", "woff2"]
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
FILE_UPLOAD_PERMISSIONS = 0o644

# --- Security ----------------------------------------------------------------------------------

SECURE_HSTS_SECONDS = 31_536_000 if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = IS_HTTPS
SECURE_SSL_REDIRECT = IS_HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXY_HOPS else None
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_TRUSTED_ORIGINS = [SITE_URL]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "script-src": [SELF],
        "style-src": [SELF],
        "connect-src": [SELF],
        "font-src": [SELF],
        "object-src": [NONE],
        "base-uri": [SELF],
        "frame-ancestors": [NONE],
        # a payment page is reached by posting a form to the channel
        "form-action": [SELF, *env.words("EMSHOP_CHANNEL_ORIGINS")],
    },
}
LOOSER_POLICY_PATHS = ("/admin/", "/api/v1/docs/", "/api/v1/redoc/")
CORS_ALLOWED_ORIGINS = env.words("EMSHOP_CORS_ORIGINS")
CORS_URLS_REGEX = r"^/api/"
OUTGOING_PRIVATE_HOSTS = env.words("EMSHOP_OUTGOING_PRIVATE_HOSTS")  # host:port of the simulator
SIMULATOR_URL = env.text("EMSHOP_SIMULATOR_URL")  # where machine shoppers pay; empty in a real shop
OUTGOING_ALLOWED_IN_ATOMIC = False  # tests run inside a transaction and say otherwise

# --- API ---------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "apps.accounts.api.authentication.ShopperTokenAuthentication"
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_PARSER_CLASSES": ["apps.core.api.parsers.StrictJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PAGINATION_CLASS": "apps.core.api.pagination.KeysetPagination",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "apps.core.api.errors.handle_api_exception",
    "COERCE_DECIMAL_TO_STRING": True,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "EMShop API",
    "DESCRIPTION": "Everything a shop does, for systems. Errors come from one registry: docs/errors.md.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "ENUM_NAME_OVERRIDES": {"OrderStatusEnum": "apps.orders.models.OrderStatus"},
    "COMPONENT_SPLIT_REQUEST": True,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
}

# --- The shop's numbers ------------------------------------------------------------------------

CART_MAX_LINES = 120  # a merchant's contract may allow more (wholesale)
LINE_MAX_QUANTITY = 999
ORDERS_PAYMENT_WINDOW = timedelta(minutes=30)  # then an unpaid trade is cancelled
ORDERS_AUTO_RECEIVE_AFTER_SIGNED = timedelta(days=7)
ORDERS_AUTO_RECEIVE_AFTER_SHIPPED = timedelta(days=15)  # when the carrier never says "signed"
ORDERS_RECEIPT_EXTENSION = timedelta(days=3)  # the shopper may ask for it once
ORDERS_AFTERSALE_WINDOW = timedelta(days=15)  # after receipt; then an order is completed
ORDERS_CANCEL_DECISION_WINDOW = timedelta(hours=24)  # for a merchant whose waybill is printed
PAYMENTS_POLL_AFTER = [timedelta(seconds=s) for s in (15, 30, 60, 180, 600, 1800)]
PAYMENTS_NOTICE_MAX_AGE = timedelta(minutes=5)
REFUND_ATTEMPTS = 5  # then a person decides
PRICE_CHANGE_NEEDS_CONFIRMATION = Decimal("0.50")  # share of the old price
LOGIN_FAILURES, LOGIN_WINDOW = 5, timedelta(minutes=15)  # then an account is locked for as long
CODE_LIFETIME, CODE_RESEND_AFTER = timedelta(minutes=5), timedelta(seconds=60)
CODE_TRIES, CODES_PER_DAY = 5, 10  # of one code; to one phone number or e-mail address
ADDRESSES_PER_USER = 20
VAT_RATE = Decimal(13)  # percent, included in prices

# --- Messages and channels: see each app's own settings section --------------------------------

EMAIL_URL = env.text("EMSHOP_EMAIL_URL")
_mail = urlsplit(EMAIL_URL)
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_URL else 'console'}.EmailBackend"
EMAIL_HOST, EMAIL_PORT = _mail.hostname or "", _mail.port or 25
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = unquote(_mail.username or ""), unquote(_mail.password or "")
EMAIL_USE_SSL = _mail.scheme == "smtps"
EMAIL_TIMEOUT = 5
SMS_BASE_URL = env.text("EMSHOP_SMS_BASE_URL", "https://dysmsapi.aliyuncs.com/")
SMS_ACCESS_KEY_ID = env.text("EMSHOP_SMS_ACCESS_KEY_ID")
SMS_ACCESS_KEY_SECRET = env.text("EMSHOP_SMS_ACCESS_KEY_SECRET")
SMS_CODE_TEMPLATE = env.text("EMSHOP_SMS_CODE_TEMPLATE", "SMS_EMSHOP_CODE")
SMS_SIGN_NAME = env.text("EMSHOP_SMS_SIGN_NAME", "EMShop")
DEFAULT_FROM_EMAIL = env.text("EMSHOP_MAIL_FROM", "EMShop <shop@emshop.example>")

# --- Payment channels (apps.payments); a key is named by its file, and never stands here -----------

PAYMENT_CHANNELS = env.words("EMSHOP_PAYMENT_CHANNELS")  # those that must be ready when we start
PAYMENT_CREDENTIALS = {
    "ALIPAY": env.group(
        "EMSHOP_ALIPAY_",
        gateway_url="https://openapi.alipay.com/gateway.do",
        app_id="",
        seller_id="",
        private_key_file="",
        public_key_file="",
        refund_gap_seconds="3",
    ),
    "WECHAT": env.group(
        "EMSHOP_WECHAT_",
        base_url="https://api.mch.weixin.qq.com",
        app_id="",
        mch_id="",
        mch_serial="",
        private_key_file="",
        api_v3_key="",
        platform_keys_dir="",
        jsapi_url="",  # a page that stands for WeixinJSBridge where there is none
        refund_gap_seconds="60",
    ),
    "UNIONPAY": env.group(
        "EMSHOP_UNIONPAY_",
        base_url="https://gateway.95516.com",
        mer_id="",
        private_key_file="",
        cert_file="",
        root_cert_file="",
        middle_cert_file="",
        refund_gap_seconds="0",
    ),
}

# --- Carriers (apps.logistics) -----------------------------------------------------------------

SF_BASE_URL = env.text("EMSHOP_SF_BASE_URL", "https://sfapi.sf-express.com")
SF_PARTNER_ID, SF_CHECK_WORD = env.text("EMSHOP_SF_PARTNER_ID"), env.text("EMSHOP_SF_CHECK_WORD")
KD100_BASE_URL = env.text("EMSHOP_KD100_BASE_URL", "https://poll.kuaidi100.com")
KD100_KEY, KD100_SALT = env.text("EMSHOP_KD100_KEY"), env.text("EMSHOP_KD100_SALT")
LOGISTICS_LABEL_FONT = env.text(
    "EMSHOP_LABEL_FONT"
)  # a Noto CJK collection; found by itself if empty
LOGISTICS_CORRECTION_WINDOW = timedelta(hours=24)  # for a wrong waybill
LOGISTICS_VOID_WINDOW = timedelta(hours=24)  # for a wrong parcel, if nobody has picked it up
LOGISTICS_NO_PICKUP_AFTER = timedelta(hours=48)
LOGISTICS_NO_MOVE_AFTER = timedelta(hours=72)
LOGISTICS_LOST_AFTER = timedelta(days=10)  # of an open exception
LOGISTICS_LABELS_AT_ONCE = 200

# --- Logs --------------------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {"()": "emshop.logs.json_formatter"},
        "plain": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": env.text("EMSHOP_LOG_FORMAT", "json"),
        }
    },
    "root": {"handlers": ["console"], "level": env.text("EMSHOP_LOG_LEVEL", "INFO")},
    "loggers": {"celery": {"level": "WARNING"}},  # a line for every tick tells nobody anything
}
UNFOLD = {
    "SITE_TITLE": "EMShop",
    "SITE_HEADER": "EMShop",
    "SITE_URL": "/",
    "SHOW_HISTORY": True,
    "ENVIRONMENT": None,
}
