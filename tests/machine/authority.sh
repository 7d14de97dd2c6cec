# Pebble on loopback, in the place of Let's Encrypt; run as root in the machine.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive
apt-get install --quiet --yes --no-install-recommends pebble certbot

grep -q report.hotline.test /etc/hosts \
    || echo "127.0.1.1 report.hotline.test desk.hotline.test" >>/etc/hosts
rm -rf /root/authority /etc/letsencrypt/accounts # it forgets all when it ends
mkdir -p /root/authority /etc/letsencrypt
cd /root/authority
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 \
    -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1 -keyout key.pem -out cert.pem
cat >config.json <<END
{"pebble": {"listenAddress": "127.0.0.1:14000", "managementListenAddress": "127.0.0.1:15000",
    "certificate": "/root/authority/cert.pem", "privateKey": "/root/authority/key.pem",
    "httpPort": 80, "tlsPort": 443}}
END
printf '%s\n' "server = https://127.0.0.1:14000/dir" "no-verify-ssl = true" \
    >/etc/letsencrypt/cli.ini
systemctl stop pebble 2>/dev/null || true
systemd-run --quiet --collect --unit=pebble --setenv=PEBBLE_VA_NOSLEEP=1 \
    pebble -config /root/authority/config.json
sleep 2
systemctl is-active pebble
