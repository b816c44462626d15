"""What is printed and goes along with a parcel: the label and the packing list."""
