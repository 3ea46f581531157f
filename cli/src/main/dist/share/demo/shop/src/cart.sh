# The cart: prices are in cents, a discount is in percent.

# cart_total DISCOUNT PRICE... prints what is to be paid.
cart_total() {
  discount=$1
  shift
  sum=0
  while [ "$#" -gt 1 ]; do
    sum=$((sum + $1))
    shift
  done
  echo $((sum * (100 - discount) / 100))
}
